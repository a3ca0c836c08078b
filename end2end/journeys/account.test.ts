// Looking after an account: its address, its data, its factors, its end.
import { readFile } from "node:fs/promises";
import { expect, test } from "../outside/test.ts";
import { ADA } from "../pages/visitor.ts";

test.use({ letters: "mail server" });

const GRACE = "grace@example.org";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("an account is deleted by typing its address, and the next sign-in makes a new one", async ({ visitor, mail }) => {
      const { account, deleteAccount, signIn } = visitor;
      await visitor.signsIn();
      const app = await visitor.addsApp();
      await account.followLink("Delete the account");
      await deleteAccount.isHeaded("Delete this account?");
      await deleteAccount.type("");
      await deleteAccount.says("There is no address in the field.");
      await deleteAccount.type(GRACE);
      await deleteAccount.says("That is another address.");
      await deleteAccount.type("Ada@Example.ORG");
      await signIn.says("Your account is deleted.");
      const letter = await mail?.read(ADA, /^Your account was deleted/);
      expect(letter?.text).not.toContain("/not-me");
      await account.open();
      await signIn.isHeaded("Sign in");
      await visitor.signsIn();
      await account.says("Your account is made.");
      await expect(account.factors).toHaveCount(0);
      await expect(account.events).toHaveCount(1);
      expect(visitor.watch.document(visitor.page).body).not.toContain(app.key);
    });

    test("a factor is removed on a page that says what that means, the last one above all", async ({ visitor, newVisitor, mail }) => {
      const { account, removeFactor, signIn } = visitor;
      await visitor.signsIn();
      await visitor.addsApp();
      await visitor.addsToken();
      const other = await newVisitor();
      await account.removes("Counter token");
      await removeFactor.isHeaded("Remove Counter token?");
      await expect(removeFactor.note).toHaveCount(0);
      await removeFactor.followLink("Keep it");
      await expect(account.factors).toHaveCount(2);
      await account.removes("Counter token");
      await removeFactor.confirm();
      await account.says("Counter token is removed.");
      expect((await mail?.read(ADA, /^A factor was removed/))?.text).toContain("Counter token");

      await account.removes("Authenticator app");
      await removeFactor.says("It is your last second factor.", "From then on mail alone opens this account");
      await expect(removeFactor.page.getByText("you will be asked to sign in again")).toHaveCount(0);
      await removeFactor.confirm();
      await account.says("Authenticator app is removed.");
      await account.isAt(1, "mail only");
      await expect(account.part("Factors")).toContainText("There is none yet.");
      await other.signsIn();
      await other.account.isOf(ADA);
      await account.signOut();
      await signIn.says("You are signed out.");
    });

    test("a factor is renamed, and a name that does not fit comes back", async ({ visitor }) => {
      const { account, signIn } = visitor;
      await visitor.signsIn();
      await visitor.addsApp();
      await account.rename("Authenticator app", "x".repeat(41));
      await account.says("That name does not fit.");
      await expect(account.factor("Authenticator app").getByLabel("New name")).toHaveValue("x".repeat(41));
      await account.rename("Authenticator app", `<b>Ada's</b> "phone" & more`);
      await account.says("The name is saved.");
      await expect(account.factors.getByRole("heading")).toHaveText([`<b>Ada's</b> "phone" & more`]);
      await account.signOut();
      await visitor.signsIn();
      await expect(signIn.page.locator(".challenge")).toContainText(`<b>Ada's</b> "phone" & more`);
    });

    test("step-up asks for a factor and leads back, though nothing waits behind it", async ({ visitor }) => {
      const { account, stepUp } = visitor;
      await visitor.signsIn();
      const app = await visitor.addsApp();
      await stepUp.open();
      await stepUp.isHeaded("Confirm it is you");
      await stepUp.type(app.wrong());
      await stepUp.says("That code is not right.");
      await stepUp.type(app.next());
      await account.says("It is you.", "For 10 minutes nobody asks again.");
      await expect(account.events.first()).toContainText("Confirmed with Authenticator app");
      await stepUp.open();
      await stepUp.followLink("Back, and change nothing");
      await account.isOf(ADA);
    });

    test("where there is nothing else, step-up asks for the mail, after the same pause", async ({ visitor }) => {
      const { account, stepUp } = visitor;
      await visitor.signsIn();
      await stepUp.open();
      await expect(stepUp.page.getByText("A code goes to a…@example.org, the address of this account.")).toBeVisible();
      await stepUp.press("Send the code");
      await stepUp.says("A code was sent a moment ago.");
      await stepUp.followLink("Back, and change nothing");
      await account.isOf(ADA);
    });
  });
}

test("another address is proved, told to both, and ends the other sessions", { tag: "@waits" }, async ({ visitor, newVisitor, mail }) => {
  test.slow();
  const other = await newVisitor();
  await visitor.signsIn();
  await other.signsIn();
  const { account, changeAddress, signIn } = visitor;
  await account.followLink("Change the mail address");
  await changeAddress.askFor("grace");
  await changeAddress.says("That is not a mail address.");
  await changeAddress.askFor(ADA);
  await changeAddress.says("That is the address you have now.");
  await changeAddress.askFor(GRACE);
  // The session's pause after the code by which it was opened; the page counts down by itself.
  await expect(changeAddress.note).toContainText("You can send a new one now.", { timeout: 35_000 });
  await changeAddress.askFor(GRACE);
  await changeAddress.isHeaded("Type the code from the new mailbox");
  await changeAddress.type("12345");
  await changeAddress.says("That is not a code from the mail.");
  await changeAddress.type((await mail?.code(GRACE)) ?? "");
  await account.says(`Your address is ${GRACE} now.`);
  await account.isOf(GRACE);
  for (const to of [ADA, GRACE]) {
    const letter = await mail?.read(to, /^The email address of your account was changed/);
    expect(letter?.text).toContain("/not-me?ticket=");
    expect(letter?.text).not.toContain(GRACE);
  }
  await other.account.reload();
  await other.account.isHeaded("You are signed out");

  await account.signOut();
  await visitor.signsIn(GRACE);
  await account.isOf(GRACE);
  await account.signOut();
  // Whoever had the old address may take it back for a week: until then nobody else makes an account of it.
  await visitor.signsIn(ADA);
  await signIn.says("An account changed its email address from this one to another.");
});

test("everything but secrets is taken out as a file", async ({ visitor, mail }) => {
  const { account, recoveryCodes, page } = visitor;
  await visitor.signsIn();
  const app = await visitor.addsApp();
  const token = await visitor.addsToken();
  await account.getCodes();
  const codes = await recoveryCodes.codes();
  await recoveryCodes.haveBeenKept();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export data" }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(/\.json$/);
  const text = await readFile(await file.path(), "utf8");
  const told = JSON.parse(text);
  expect(told).toMatchObject({ address: ADA, sessions: [{ browser: "Chrome on Linux" }] });
  expect(told.factors.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(["Authenticator app", "Counter token"]));
  expect(told.activity.length).toBeGreaterThanOrEqual(4);
  for (const secret of [app.key, token.replaceAll(" ", ""), ...codes, ...codes.map((code) => code.slice(5))]) expect(text).not.toContain(secret);
  for (const { value } of await page.context().cookies()) expect(text).not.toContain(value);
  await mail?.read(ADA, /^The data of your account was exported/);
});
