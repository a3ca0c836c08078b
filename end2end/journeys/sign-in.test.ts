// Accounts that open with mail alone: made by the first sign-in, left, and come back to.
import { expect, test } from "../outside/test.ts";
import { ADA, type Visitor } from "../pages/visitor.ts";

test.use({ letters: "mail server" });

const otherThan = (code: string) => code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("the first sign-in makes an account, and mail alone comes back to it", async ({ visitor, mail }) => {
      const { overview, signIn, account } = visitor;
      await overview.open();
      await overview.followLink("Sign in");
      await signIn.isHeaded("Sign in");
      await signIn.askFor("Ada@Example.org");
      await signIn.isHeaded("Type the code from the mail");
      await signIn.type((await mail?.code("Ada@Example.org")) ?? "");
      await account.says("Your account is made.", "From now on you sign in with this address.");
      await account.isOf("Ada@Example.org");
      await account.isAt(1, "mail only");
      await expect(account.part("Factors")).toContainText("There is none yet. Your mailbox alone opens this account.");
      await expect(account.offer).toContainText("Add a second factor");
      await expect(account.sessions).toHaveCount(1);
      await expect(account.events).toContainText(["Account made"]);
      expect((await mail?.read("Ada@Example.org", /^You have an account/))?.text).toContain("/not-me?ticket=");

      await account.signOut();
      await signIn.says("You are signed out.", "Nothing in this browser opens your account any more.");
      await account.open();
      await signIn.isHeaded("Sign in");
      await visitor.signsIn(ADA);
      await account.isOf("Ada@Example.org");
      await expect(account.note).toHaveCount(0);
      await expect(account.events).toContainText(["Signed in, with mail only", "Signed out", "Account made"]);
    });
  });
}

test("a wrong code costs a try, one of another browser too; the right one opens", async ({ visitor, newVisitor, mail }) => {
  const { signIn, account } = visitor;
  await signIn.open();
  await signIn.askFor("ada");
  await signIn.says("That is not a mail address.");
  await expect(signIn.address).toHaveValue("ada");
  await signIn.askFor(ADA);
  const code = (await mail?.code(ADA)) ?? "";
  await signIn.type("12345");
  await signIn.says("That is not a code from the mail.");
  await signIn.type(otherThan(code));
  await signIn.says("That code is not right.");
  await expect(signIn.page.getByText("4 tries left.")).toBeVisible();
  const elsewhere = await newVisitor();
  await elsewhere.signIn.open();
  await elsewhere.signIn.askFor("eve@example.org");
  await elsewhere.signIn.type(code);
  await elsewhere.signIn.says("That code is not right.");
  await signIn.type(code);
  await account.isOf(ADA);
});

test("another address may be given while a code is on its way, after the same pause", async ({ visitor: { signIn, account }, mail }) => {
  await signIn.open();
  await signIn.askFor("nobody@example.org");
  await signIn.useAnotherAddress();
  await signIn.isHeaded("Sign in");
  await signIn.askFor(ADA);
  await signIn.says("A code was sent a moment ago.");
  expect(mail?.to(ADA)).toBeUndefined();
  await account.open();
  await signIn.isHeaded("Sign in");
});

test("nothing on the way tells whether an address is known, until its mail was read", async ({ visitor, newVisitor, mail }) => {
  await visitor.signsIn(ADA);
  await visitor.addsApp();
  const seen = [];
  for (const address of [ADA, "alice@example.org"]) seen.push(await asSomebodyElse(await newVisitor(), address, mail));
  expect(seen[0]).toEqual(seen[1]);
});

/** All that is shown to whoever types an address and cannot read its mail. */
async function asSomebodyElse({ signIn, page }: Visitor, address: string, mail: Visitor["mail"]): Promise<string[]> {
  const shown: string[] = [];
  const look = async () => {
    const text = await page.getByRole("main").innerText();
    shown.push(text.replace(/\d+ (minutes?|seconds?)/g, "a while"));
  };
  await signIn.open();
  await signIn.askFor(address);
  await look();
  const code = (await mail?.code(address)) ?? "";
  await signIn.type(otherThan(code));
  await look();
  await signIn.resend();
  await look();
  for (let tries = 0; tries < 4; tries++) await signIn.type(otherThan(code));
  await look();
  return shown;
}

test("somebody who is signed in is led to the account, and a page of accounts leads others to sign in", async ({ visitor }) => {
  const { signIn, account, overview } = visitor;
  for (const path of ["/account", "/account/sessions", "/account/address", "/account/delete", "/step-up"]) {
    await visitor.at(path).open();
    await signIn.isHeaded("Sign in");
  }
  await visitor.signsIn();
  await signIn.open();
  await account.isOf(ADA);
  await visitor.keep.open();
  await account.isOf(ADA);
  await overview.open();
  await expect(overview.page.getByRole("region", { name: "Your account" })).toContainText(`Signed in as ${ADA}`);
});
