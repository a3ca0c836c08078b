// From a visit to an account: what was passed stays, by name.
import { tokenCode } from "../outside/app.ts";
import { SecurityKey } from "../outside/security-key.ts";
import { expect, test } from "../outside/test.ts";
import { ADA } from "../pages/visitor.ts";

test.use({ letters: "mail server" });

test("mail, app and key of a visit are kept in an account, and the same app opens it again", async ({ visitor, mail }) => {
  const { overview, keep, account, signIn, securityKeys: keys, page } = visitor;
  await SecurityKey.plugIn(page);
  await visitor.provesAddress();
  const app = await visitor.addsApp();
  await keys.open();
  await keys.register("Blue key");
  await keys.try();
  await overview.open();
  const [before] = await page.context().cookies();
  await overview.followLink("Keep these in an account");
  await keep.isHeaded("Keep these in an account");
  await expect(page.getByText(`opens an account for ${ADA} from now on.`)).toBeVisible();
  await expect(keep.ticks).toHaveCount(2);
  for (const name of [/^Authenticator app/, /^Blue key/]) await expect(keep.tick(name)).toBeChecked();
  await keep.keep();

  await account.says("Your account is made.");
  await account.isOf(ADA);
  await account.isAt(3, "mail and a security key");
  await expect(account.factors.getByRole("heading")).toHaveText(["Authenticator app", "Blue key"]);
  await expect(account.offer).toContainText("Get recovery codes now");
  const after = await page.context().cookies();
  expect(after.find(({ name }) => name === "postern")?.value).not.toBe(before?.value);
  await mail?.read(ADA, /^You have an account/);

  await account.signOut();
  await signIn.says("You are signed out.");
  await visitor.signsIn();
  await signIn.asksForSecondFactor();
  await signIn.second.takes("Authenticator app");
  await signIn.second.type(app.next());
  await account.isOf(ADA);
  await account.isAt(2, "mail and a code");
});

test("what is not ticked stays behind", async ({ visitor }) => {
  const { keep, account, totp, overview } = visitor;
  await visitor.provesAddress();
  await visitor.addsApp();
  await keep.open();
  await keep.tick(/^Authenticator app/).uncheck();
  await keep.keep();
  await account.says("Your account is made.");
  await account.isAt(1, "mail only");
  await expect(account.factors).toHaveCount(0);
  await totp.open();
  await totp.isHeaded("Pair an authenticator app");
  await overview.open();
  await expect(overview.page.getByRole("link", { name: "Keep these in an account" })).toHaveCount(0);
});

test("an address that has an account is told so, and nothing of the visit enters it", async ({ visitor, newVisitor }) => {
  await visitor.signsIn();
  const other = await newVisitor();
  const { keep, signIn } = other;
  await other.provesAddress();
  await other.addsApp();
  await keep.open();
  await keep.keep();
  await keep.says("There is an account for this address already.");
  await keep.followLink("Sign in instead");
  await signIn.isHeaded("Sign in");
  await visitor.account.open();
  await expect(visitor.account.factors).toHaveCount(0);
});

test("a visit without an address is sent to prove one", async ({ visitor: { keep, emailCode } }) => {
  await keep.open();
  await keep.says("No mail address is proved yet.");
  await keep.followLink("Prove a mail address");
  await emailCode.isHeaded("Prove a mail address");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a visit with app and token becomes an account that the token opens", async ({ visitor }) => {
    const { overview, keep, account, signIn } = visitor;
    await visitor.provesAddress();
    await visitor.addsApp();
    const token = await visitor.addsToken();
    await overview.open();
    await overview.followLink("Keep these in an account");
    await keep.keep();
    await account.says("Your account is made.");
    await expect(account.factors.getByRole("heading")).toHaveText(["Authenticator app", "Counter token"]);
    await account.signOut();
    await visitor.signsIn();
    await signIn.second.takes("Counter token");
    await signIn.second.type(tokenCode(token, 1));
    await account.isOf(ADA);
    await account.isAt(2, "mail and a code");
  });
});
