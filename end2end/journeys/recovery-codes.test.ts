// Ten codes on paper: offered after the first second factor, shown once, renewed.
import { readFile } from "node:fs/promises";
import { expect, test } from "../outside/test.ts";
import { ADA } from "../pages/visitor.ts";

const SHAPE = /^([0-9a-z]{4}-){4}[0-9a-z]{4}$/;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("the first second factor leads to the offer of codes, which are shown once", async ({ visitor }) => {
      const { account, recoveryCodes, page } = visitor;
      await visitor.signsIn();
      await expect(account.part("Recovery codes")).toContainText("They come after the first second factor.");
      await expect(page.getByRole("button", { name: "Get recovery codes" })).toHaveCount(0);
      await visitor.addsApp();
      await expect(account.offer).toContainText("Get recovery codes now");
      await account.getCodes();
      await recoveryCodes.isHeaded("Your recovery codes");
      const codes = await recoveryCodes.codes();
      expect(new Set(codes).size).toBe(10);
      for (const code of codes) expect(code).toMatch(SHAPE);
      await expect(page.getByText(`Account: ${ADA}`)).toBeVisible();
      await recoveryCodes.haveBeenKept();
      await expect(account.part("Recovery codes")).toContainText("10 of 10 are left.");
      await expect(account.offer).toHaveCount(0);
      await account.reload();
      const elsewhere = visitor.watch.answers.filter(({ body }) => codes.some((code) => body.includes(code)));
      expect(elsewhere.map(({ url, method }) => `${method} ${new URL(url).pathname}`)).toEqual(["POST /forms/account/recovery-codes"]);
    });

    test("renewed codes kill the ones before once they are saved", async ({ visitor, newVisitor }) => {
      const { account, recoveryCodes } = visitor;
      await visitor.signsIn();
      await visitor.addsApp();
      await account.getCodes();
      const [old = ""] = await recoveryCodes.codes();
      await recoveryCodes.haveBeenKept();
      await account.renewCodes();
      const [fresh = ""] = await recoveryCodes.codes();
      expect(fresh).not.toBe(old);
      await recoveryCodes.haveBeenKept();

      const other = await newVisitor({ javaScriptEnabled });
      await other.signsIn();
      await other.signIn.second.takes("Recovery code");
      await other.signIn.second.type(old);
      await other.signIn.says("That code is not right.", "only the newest sheet works");
      await other.signIn.second.type(fresh);
      await other.account.says("You signed in with a recovery code.", "9 are left.");
    });
  });
}

test("codes are copied, saved as a file, and printed without the rest of the page", async ({ visitor }) => {
  const { account, recoveryCodes, page } = visitor;
  await visitor.signsIn();
  await visitor.addsApp();
  await account.getCodes();
  const codes = await recoveryCodes.codes();
  await page.getByRole("button", { name: "Copy them" }).click();
  await expect(page.getByRole("status")).toHaveText("Copied.");

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe("recovery-codes.txt");
  const lines = (await readFile(await file.path(), "utf8")).split("\r\n");
  expect(lines.filter((line) => SHAPE.test(line))).toEqual(codes);
  expect(lines).toContain(`Account: ${ADA}`);

  await page.emulateMedia({ media: "print" });
  await expect(recoveryCodes.list).toHaveCount(10);
  for (const code of await recoveryCodes.list.all()) await expect(code).toBeVisible();
  await expect(page.getByText("Recovery codes for Postern")).toBeVisible();
  for (const name of ["Copy them", "Download", "Print"]) await expect(page.getByRole("button", { name })).toBeHidden();
  await expect(page.getByRole("navigation")).toBeHidden();
  await expect(page.getByRole("contentinfo")).toBeHidden();
  await expect(page.getByText("I have saved them")).toBeHidden();

  await page.emulateMedia({ media: null });
  await recoveryCodes.haveBeenKept();
  const row = account.factor("Authenticator app");
  await row.locator("summary").click();
  const field = row.getByLabel("New name");
  await field.evaluate((input) => input.removeAttribute("maxlength"));
  await field.fill("");
  await page.keyboard.press("ControlOrMeta+v");
  expect((await field.inputValue()).replaceAll(/\s/g, "")).toBe(codes.join(""));
});

test("the way back to a page of codes makes no new ones", async ({ visitor }) => {
  const { account, recoveryCodes, page } = visitor;
  await visitor.signsIn();
  await visitor.addsApp();
  await account.getCodes();
  await recoveryCodes.haveBeenKept();
  const posts = visitor.watch.posts();
  // The browser would have to send the form again, and asks.
  await expect(page.goBack()).rejects.toThrow(/ERR_CACHE_MISS/);
  const tab = await visitor.inAnotherTab();
  await tab.account.open();
  await expect(tab.account.events.filter({ hasText: "New recovery codes" })).toHaveCount(1);
  expect(visitor.watch.posts()).toBe(posts);
});
