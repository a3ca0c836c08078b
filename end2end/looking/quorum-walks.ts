// Ways through the pages of quorums that pass every state a person can bring them into within minutes.
import { execFileSync } from "node:child_process";
import { Together } from "../pages/quorum.ts";
import type { Walk } from "./walks.ts";

const KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

export const quorumWalks: Record<string, Walk> = {
  async "to shares that are dealt"({ quorum, page }, seen) {
    await quorum.open();
    await seen("quorum-deal");
    await quorum.type({ key: "not a key", custodians: 3, needed: 2, names: ["Ada Byron, Countess of Lovelace", "Charles"] });
    await quorum.check();
    await seen("quorum-deal-bad-key");
    await quorum.key.fill(KEY);
    await quorum.check();
    await seen("quorum-deal-checked");
    await page.getByLabel("Needed for a code").fill("4");
    await quorum.press("Deal the shares");
    await seen("quorum-deal-bad-numbers");
    await page.getByLabel("Needed for a code").fill("2");
    await quorum.unfold("Encrypt each share");
    await page.getByLabel("Their age keys").fill(AGE);
    await quorum.press("Deal the shares");
    await seen("quorum-deal-bad-age-keys");
    await page.getByLabel("Their age keys").fill([AGE, AGE, AGE].join("\n"));
    await quorum.deal();
    await seen("quorum-shares-encrypted");
    await quorum.open();
    await quorum.type({ key: KEY, custodians: 3, needed: 2, names: ["Ada Byron, Countess of Lovelace", "Charles"] });
    await quorum.deal();
    await seen("quorum-shares");
  },

  async "to a code that three make"({ quorum, askTogether, page, watch }, seen) {
    await quorum.open();
    await quorum.type({ key: KEY, custodians: 5, needed: 3 });
    const shares = await quorum.deal();
    await askTogether.open();
    await seen("quorum-ask");
    await askTogether.ask((shares[0] ?? "").slice(0, 51));
    await seen("quorum-ask-bad-share");
    await askTogether.ask(shares[0] ?? "", "The domain of the whole house expires tonight, and nobody else can renew it");
    await seen("quorum-asked");
    const path = new URL(page.url()).pathname;
    const [cookie] = await page.context().cookies(page.url());
    await page.context().clearCookies();
    const together = new Together(page, watch, path);
    await together.open();
    await seen("quorum-agree");
    await together.unfold("Give it encrypted");
    await seen("quorum-agree-unfolded");
    await together.agree(shares[0] ?? "");
    await seen("quorum-agree-twice");
    await together.agree(shares[1] ?? "");
    await seen("quorum-agree-joined");
    await together.unfold("Give it encrypted");
    const tek = (await together.tek.innerText()).trim();
    await together.agree(execFileSync("age", ["-a", "-r", tek], { input: "junk", encoding: "utf8" }));
    await seen("quorum-agree-waits");
    if (cookie) await page.context().addCookies([cookie]);
    await together.open();
    await seen("quorum-asked-dropped");
    await page.context().clearCookies();
    await together.open();
    await together.agree(shares[2] ?? "");
    await seen("quorum-agree-complete");
    if (cookie) await page.context().addCookies([cookie]);
    await together.open();
    await seen("quorum-code");
    await together.press("End it now");
    await seen("quorum-ended");
    await together.open();
    await seen("quorum-over");
    await new Together(page, watch, "/quorum/AAAAAAAAAAAAAAAAAAAAAA").open();
    await seen("quorum-unknown");
  },
};
