// Ways through the pages about API keys that pass every state a person can bring them into within minutes.
import { ADA } from "../pages/visitor.ts";
import type { Walk } from "./walks.ts";

const NOT_ONE = "0".repeat(40);
const WRONG = `${"A".repeat(43)}=`;

export const clientWalks: Record<string, Walk> = {
  async "to an API key and its end"(visitor, seen) {
    const { clients, clientSecret, disableClient, rotateClient, disableBySecret, page } = visitor;
    await clients.open();
    await seen("clients-ask");
    await clients.askFor("ada");
    await seen("clients-ask-no-address");
    await clients.askFor("ada.byron.lovelace.of.the.analytical.engine+postern@mathematics.example.org");
    await seen("clients-sent");
    const code = await visitor.readsCode(clients, "ada.byron.lovelace.of.the.analytical.engine+postern@mathematics.example.org");
    await clients.type("12");
    await seen("clients-code-malformed");
    await clients.type(code);
    await seen("clients-none");
    await clients.activate("");
    await seen("clients-no-key-typed");
    await clients.press("Mail me a key");
    await seen("clients-key-sent");
    const key = await visitor.readsKey();
    await clients.press("Mail me a key");
    await seen("clients-too-soon");
    await clients.activate(NOT_ONE);
    await seen("clients-no-such-key");
    await clients.activate(key);
    await seen("clients-secret");
    const pair = await clientSecret.pair();
    await clientSecret.hasBeenKept();
    await seen("clients-one");
    await clients.activate(key);
    await seen("clients-already-activated");
    await clients.row(key).locator("summary").click();
    await seen("clients-one-unfolded");
    await rotateClient.open();
    await seen("rotate");
    await rotateClient.rotate(pair, { key, secret: WRONG });
    await seen("rotate-wrong");
    await rotateClient.rotate(pair, { key, secret: "" });
    await seen("rotate-missing");
    await rotateClient.rotate(pair, pair);
    await seen("rotate-elsewhere");
    await disableBySecret.open();
    await seen("disable-by-secret");
    await disableBySecret.disable({ key, secret: WRONG });
    await seen("disable-by-secret-wrong");
    await clients.open();
    await clients.disables(key);
    await seen("disable");
    await disableClient.confirm();
    await seen("clients-disabled");
    await page.getByText("The key is disabled.").waitFor();
  },

  async "to a key that moves to another"(visitor, seen) {
    const { clients, rotateClient, page } = visitor;
    await visitor.signsIn();
    const old = await visitor.getsKey();
    await clients.open();
    await seen("clients-of-account");
    await clients.press("Mail me a key");
    if ((await clients.note.innerText()).includes("a moment ago")) {
      await page.getByText("You can ask for another one now.").waitFor({ timeout: 35_000 });
      await clients.press("Mail me a key");
    }
    await clients.activate(await visitor.readsKey());
    const fresh = await visitor.clientSecret.pair();
    await rotateClient.open();
    await rotateClient.rotate(old, fresh);
    await seen("rotated");
    await clients.open();
    await seen("clients-rotated");
    await rotateClient.open();
    await rotateClient.rotate(old, { ...fresh, key: old.key });
    await seen("rotate-wrong-pair");
  },

  async "to keys that are an account's"(visitor, seen) {
    const { account, clients } = visitor;
    await visitor.signsIn();
    await account.signOut();
    await visitor.provesAddress(ADA);
    await clients.open();
    await seen("clients-has-account");
  },
};
