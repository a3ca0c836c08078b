// A secret is dealt among five, three of them make its code, and nobody else sees it.
import { execFileSync } from "node:child_process";
import { App, scan } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";
import { Together } from "../pages/quorum.ts";
import type { Visitor } from "../pages/visitor.ts";

const KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const URI = `otpauth://totp/Cloud:root?secret=${KEY}&issuer=Cloud&algorithm=SHA256&digits=8&period=60`;
const NAMES = ["Ada", "Byron", "Charles", "Dora", "Emma"];

function at({ page, watch }: Visitor, link: string): Together {
  return new Together(page, watch, new URL(link).pathname);
}

/** Before or after, as a time step may begin in between. */
async function showsTheCode(together: Together) {
  const app = App.of(URI);
  const before = app.now();
  const shown = await together.shownCode();
  expect([before, app.now()]).toContain(shown);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("three of five custodians, each in a browser of their own, make the code for the one who asked", async ({ visitor, newVisitor }) => {
      test.setTimeout(120_000);
      const { overview, quorum, askTogether, watch } = visitor;
      await overview.open();
      await overview.followLink("Quorum");
      await quorum.type({ key: URI, custodians: 5, needed: 3, names: NAMES });
      await quorum.check();
      await expect(quorum.names).toHaveValue(NAMES.join("\n"));
      expect([App.of(URI).now(), App.of(URI).ahead(-60)]).toContain((await quorum.code.innerText()).replace(/\s/gu, ""));
      const shares = await quorum.deal();
      expect(shares).toHaveLength(5);
      await expect(quorum.cards.getByRole("heading")).toHaveText(NAMES);
      expect(scan(await quorum.cards.nth(3).locator(".qr").screenshot())).toBe(shares[3]);

      await askTogether.open();
      await askTogether.ask(shares[4] ?? "", "The domain expires tonight");
      const dealer = at(visitor, visitor.page.url());
      await dealer.isHeaded("You asked for a code");
      const link = await dealer.link.innerText();
      expect(link).toBe(visitor.page.url());
      await expect(dealer.code).toHaveCount(0);

      const custodians: Together[] = [];
      for (let n = 0; n < 4; n++) custodians.push(at(await newVisitor({ javaScriptEnabled }), link));
      const [first, second, late, stranger] = custodians as [Together, Together, Together, Together];
      for (const custodian of custodians) {
        await custodian.open();
        await custodian.isHeaded("Somebody asks for a code");
        await expect(custodian.page.getByText("The domain expires tonight")).toBeVisible();
        await expect(custodian.page.getByText("Unverified")).toBeVisible();
      }
      await first.agree(shares[0] ?? "");
      await first.says("Your share counts.");
      // With scripts the others see it by themselves.
      for (const other of [dealer, late]) {
        if (!javaScriptEnabled) await other.followLink("Look again");
        await expect(other.agreed).toHaveText("2 of 3");
      }
      await expect(dealer.code).toHaveCount(0);
      await second.unfold("Give it encrypted");
      const tek = await second.tek.innerText();
      const file = execFileSync("age", ["-a", "-r", tek.trim()], { input: shares[2] ?? "", encoding: "utf8" });
      await second.agree(file);
      await second.says("Your encrypted share waits.");
      if (!javaScriptEnabled) await dealer.followLink("Look again");
      await dealer.isHeaded("Enough have agreed");
      await showsTheCode(dealer);
      for (const custodian of [first, second, late, stranger]) {
        if (!javaScriptEnabled) await custodian.followLink("Look again");
        await expect(custodian.page.getByText("and to nobody else")).toBeVisible();
        await expect(custodian.code).toHaveCount(0);
      }
      await dealer.press("End it now");
      await dealer.isHeaded("You ended this session");
      await dealer.open();
      await dealer.isClosedTo("This session is over");
      for (const one of [first, stranger]) {
        if (!javaScriptEnabled) await one.followLink("Look again");
        await one.isClosedTo("This session is over");
      }
      expect(watch.answers.filter(({ body, url }) => body.includes(KEY) && !url.endsWith("/quorum"))).toEqual([]);
      const showing = watch.answers.filter(({ body }) => body.includes(shares[1] ?? ""));
      expect(showing.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual(["POST /quorum"]);
    });
  });
}

test("the code is followed by the next one, and what a custodian types is not lost when others agree", async ({ visitor, newVisitor }) => {
  test.setTimeout(120_000);
  const { quorum, askTogether } = visitor;
  await quorum.open();
  await quorum.type({ key: `otpauth://totp/A?secret=${KEY}&period=15`, custodians: 3, needed: 2 });
  const shares = await quorum.deal();
  await askTogether.open();
  await askTogether.ask(shares[0] ?? "");
  const dealer = at(visitor, visitor.page.url());
  const [byron, charles] = [at(await newVisitor(), visitor.page.url()), at(await newVisitor(), visitor.page.url())];
  await byron.open();
  await charles.open();
  await byron.share.fill("half a share");
  await charles.agree(shares[2] ?? "");
  await expect(byron.agreed).toHaveText("2 of 2");
  await expect(byron.share).toHaveValue("half a share");
  const code = await dealer.shownCode();
  await expect.poll(() => dealer.shownCode(), { timeout: 30_000 }).not.toBe(code);
  expect(new App(KEY, { algorithm: "SHA1", digits: 6, period: 15 }).now()).toBe(await dealer.shownCode());
});

test("a share is copied, saved, printed on a page of its own, and read from a picture @in-browser", async ({ visitor }) => {
  const { quorum, askTogether, page } = visitor;
  await quorum.open();
  await quorum.type({ key: KEY, custodians: 3, needed: 2, names: ["Ada"] });
  const shares = await quorum.deal();
  const card = quorum.cards.first();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await card.getByRole("button", { name: "Copy the share" }).click();
  await expect(card.getByRole("status")).toHaveText("Copied.");
  const coming = page.waitForEvent("download");
  await card.getByRole("button", { name: "Download as a file" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^share-1-[A-Z2-7]{8}\.txt$/);
  await page.emulateMedia({ media: "print" });
  await expect(card).toHaveCSS("break-after", "page");
  await expect(page.getByRole("heading", { level: 1 })).toBeHidden();
  await expect(card.locator(".qr")).toBeVisible();
  await page.emulateMedia({ media: null });
  const buffer = await card.locator(".qr").screenshot();
  await askTogether.open();
  await askTogether.share.focus();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(askTogether.share).toHaveValue(shares[0] ?? "");

  await askTogether.share.fill("");
  const picture = page.getByLabel("Read it from a picture");
  await picture.setInputFiles({ name: "share.png", mimeType: "image/png", buffer });
  await expect(askTogether.share).toHaveValue(shares[0] ?? "");
  await picture.setInputFiles({ name: "page.png", mimeType: "image/png", buffer: await page.screenshot() });
  await expect(page.getByText("No QR code was found in that picture.")).toBeVisible();
  await expect(askTogether.share).toHaveValue(shares[0] ?? "");
});
