// The second step of signing in, with every factor that an account can have.
import { tokenCode } from "../outside/app.ts";
import { KINDS, SecurityKey } from "../outside/security-key.ts";
import { expect, test } from "../outside/test.ts";
import { ADA } from "../pages/visitor.ts";

test.use({ letters: "mail server" });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("an app is added to an account, asked for by the next sign-in, and wrong codes are told", async ({ visitor, newVisitor, mail }) => {
      await visitor.signsIn();
      await visitor.account.followLink("Pair an authenticator app");
      const app = await visitor.addsApp();
      await visitor.account.says("Authenticator app is added.", "The next sign-in asks for it.");
      await visitor.account.isAt(2, "mail and a code");
      expect((await mail?.read(ADA, /^A factor was added/))?.text).toContain("Authenticator app");

      const other = await newVisitor({ javaScriptEnabled });
      const { signIn, account } = other;
      await other.signsIn();
      await signIn.asksForSecondFactor();
      await expect(signIn.second.middle).toHaveText("Authenticator app");
      await account.open();
      await signIn.asksForSecondFactor();
      await signIn.second.type("");
      await signIn.says("There is no code in the field.");
      await signIn.second.type(app.wrong());
      await signIn.says("That code is not right.");
      await signIn.second.type(app.next());
      await account.isOf(ADA);
      await account.isAt(2, "mail and a code");
      await expect(account.sessions).toHaveCount(2);
      await expect(account.events.first()).toContainText("Signed in, with Authenticator app");
      await mail?.read(ADA, /^Your account was opened from a new browser/);
    });

    test("a token opens the account with its next codes, also after some were skipped", async ({ visitor, newVisitor }) => {
      await visitor.signsIn();
      const token = await visitor.addsToken();
      await visitor.account.says("Counter token is added.");
      await visitor.account.signOut();
      await visitor.signsIn();
      await visitor.signIn.second.type(tokenCode(token, 0));
      await visitor.signIn.says("That code was used or skipped already.");
      await visitor.signIn.second.type(tokenCode(token, 6));
      await visitor.account.isAt(2, "mail and a code");

      const other = await newVisitor({ javaScriptEnabled });
      await other.signsIn();
      await other.signIn.second.type(tokenCode(token, 3));
      await other.signIn.says("That code was used or skipped already.");
      await other.signIn.second.type(tokenCode(token, 7));
      await other.account.isOf(ADA);
    });

    test("a recovery code opens the account once, and a letter says how many are left", async ({ visitor, newVisitor, mail }) => {
      const { account, recoveryCodes } = visitor;
      await visitor.signsIn();
      await visitor.addsApp();
      await account.getCodes();
      const [first = "", second = ""] = await recoveryCodes.codes();
      await mail?.read(ADA, /new recovery codes/);

      const other = await newVisitor({ javaScriptEnabled });
      const { signIn } = other;
      await other.signsIn();
      await expect(signIn.second.middle).toHaveText("Authenticator app");
      await signIn.second.takes("Recovery code");
      await signIn.second.type("not one");
      await signIn.says("That is not a recovery code.");
      await signIn.second.type(first.slice(0, -4) + "2222");
      await signIn.says("That code is not right.");
      await expect(signIn.second.code).toHaveValue("");
      await signIn.second.type(first.toUpperCase().replaceAll("-", " "));
      await other.account.says("You signed in with a recovery code.", "9 are left. Strike out the one you used.");
      await other.account.isAt(2, "mail and a code");
      await expect(other.account.part("Recovery codes")).toContainText("9 of 10 are left.");
      const letter = await mail?.read(ADA, /^A recovery code was used/);
      expect(letter?.text).toContain("9 are left.");
      expect(letter?.text).not.toContain(first.slice(0, 9));

      const third = await newVisitor({ javaScriptEnabled });
      await third.signsIn();
      await third.signIn.second.takes("Recovery code");
      await third.signIn.second.type(first);
      await third.signIn.says("That code was used already.");
      await third.signIn.second.type(second);
      await third.account.says("8 are left.");
    });

    test("a sign-in is given up at the second step, and nobody is in", async ({ visitor }) => {
      const { signIn, account } = visitor;
      await visitor.signsIn();
      await visitor.addsApp();
      await account.signOut();
      await visitor.signsIn();
      await signIn.startOver();
      await signIn.isHeaded("Sign in");
      await account.open();
      await signIn.isHeaded("Sign in");
      await expect(signIn.second.code).toHaveCount(0);
    });

    test("five wrong codes make everybody wait who has come so far, and another way stays open", async ({ visitor, newVisitor }) => {
      await visitor.signsIn();
      const app = await visitor.addsApp();
      const token = await visitor.addsToken();
      const other = await newVisitor({ javaScriptEnabled });
      const { signIn, account } = other;
      await other.signsIn();
      for (let tries = 0; tries < 5; tries++) await signIn.second.type(app.wrong());
      await signIn.says("Too many wrong");
      await signIn.second.type(app.next());
      await signIn.says("Too many wrong");
      await signIn.second.takes("Counter token");
      await signIn.second.type(tokenCode(token, 1));
      await account.isOf(ADA);
    });
  });
}

for (const what of ["a U2F key", "a USB key without user verification", "a USB key with a PIN", "this device"] as const) {
  test(`${what} is added to an account and opens it again`, async ({ visitor, mail }) => {
    const { account, signIn, securityKeys: keys, page } = visitor;
    await SecurityKey.plugIn(page, KINDS[what]);
    await visitor.signsIn();
    await visitor.addsApp();
    await mail?.read(ADA, /^A factor was added/);
    await keys.open();
    await keys.register("Blue key");
    await account.says("Blue key is added.");
    expect((await mail?.read(ADA, /^A factor was added/))?.text).toContain("Blue key");
    await account.signOut();
    await visitor.signsIn();
    await signIn.asksForSecondFactor();
    await expect(signIn.second.middle).toHaveText("Security key");
    await signIn.second.touch();
    await account.isOf(ADA);
    await account.isAt(3, "mail and a security key");
  });
}

test("a key that is not the account's opens nothing, nor does a copy", async ({ visitor }) => {
  const { account, signIn, securityKeys: keys, page } = visitor;
  const own = await SecurityKey.plugIn(page);
  await visitor.signsIn();
  await visitor.addsApp();
  await keys.open();
  await keys.register("Blue key");
  await account.signOut();
  await visitor.signsIn();
  await own.becomesACopyTakenAt(0);
  await signIn.second.touch();
  await signIn.says("There may be a copy of Blue key.");
  await own.pullOut();
  await SecurityKey.plugIn(page);
  await signIn.second.touchInVain();
  await signIn.says("No key answered.");
  await account.open();
  await signIn.asksForSecondFactor();
});

test.describe("where scripts are off", () => {
  test("an account with a key says what is missing, and its app opens it", async ({ visitor, newVisitor }) => {
    const { account, securityKeys: keys, page } = visitor;
    await SecurityKey.plugIn(page);
    await visitor.signsIn();
    const app = await visitor.addsApp();
    await keys.open();
    await keys.register();
    await account.says("Security key 1 is added.");
    const other = await newVisitor({ javaScriptEnabled: false });
    await other.signsIn();
    await other.signIn.says("Scripts are off in this browser.", "The ways below work without");
    await expect(other.page.getByRole("button", { name: "Use the security key" })).toHaveCount(0);
    await other.signIn.second.takes("Authenticator app");
    await other.signIn.second.type(app.next());
    await other.account.isOf(ADA);
  });
});
