// Where an account is open, and how its owner closes it elsewhere: one by one, all at once, or by a letter's link.
import { expect, test } from "../outside/test.ts";
import { ADA } from "../pages/visitor.ts";

test.use({ letters: "mail server" });

test("a session ended from another browser is over at its next request", async ({ visitor, newVisitor, mail }) => {
  const other = await newVisitor();
  await visitor.signsIn();
  await other.signsIn();
  const { account } = visitor;
  await account.reload();
  await expect(account.sessions).toHaveCount(2);
  await expect(account.sessions.first()).toContainText("this one");
  await expect(account.sessions.nth(1)).toContainText("Chrome on Linux");
  await account.endSession(1);
  await account.says("That session is ended.", "Whoever used it has to sign in again.");
  await expect(account.sessions).toHaveCount(1);
  await mail?.read(ADA, /^Sessions of your account were ended/);

  await other.account.reload();
  await other.account.isHeaded("You are signed out");
  expect(other.watch.document(other.page).status).toBe(401);
  await other.account.press("Sign in again");
  await other.signIn.isHeaded("Sign in");
  await account.reload();
  await account.isOf(ADA);
});

test("all other sessions end at once, and this one stays", async ({ visitor, newVisitor }) => {
  const others = [await newVisitor(), await newVisitor()];
  for (const one of [visitor, ...others]) await one.signsIn();
  const { account, endSessions } = visitor;
  await account.reload();
  await account.followLink("End all others");
  await expect(endSessions.page.getByText("2 other sessions are open. You stay signed in here.")).toBeVisible();
  await endSessions.confirm();
  await account.says("All other sessions are ended.", "You are signed in here only.");
  await expect(account.sessions).toHaveCount(1);
  await expect(account.page.getByRole("link", { name: "End all others" })).toHaveCount(0);
  for (const one of others) {
    await one.overview.open();
    await one.overview.isHeaded("You are signed out");
  }
  await endSessions.open();
  await expect(endSessions.page.getByText("There is no other one")).toBeVisible();
});

test("a session without the account's first second factor is over, and its form is not taken", async ({ visitor, newVisitor }) => {
  const other = await newVisitor();
  await visitor.signsIn();
  await other.signsIn();
  await visitor.addsApp();
  await other.account.press("Export data");
  await other.account.isHeaded("You are signed out");
  await visitor.account.reload();
  await expect(visitor.account.events.filter({ hasText: "Everything taken out" })).toHaveCount(0);
});

test("\u201cthis was not me\u201d ends every session and freezes changes, which the account says", async ({ visitor, newVisitor, mail }) => {
  const { account } = visitor;
  await visitor.signsIn();
  await visitor.addsApp();
  const letter = await mail?.read(ADA, /^A factor was added/);
  const link = new URL(letter?.text?.match(/^http\S+ticket=\S+$/m)?.[0] ?? "");

  const third = await newVisitor();
  const notMe = third.at(link.pathname + link.search);
  await notMe.open();
  await notMe.isHeaded("Was this you?");
  await expect(notMe.page.locator(".facts")).toContainText("Added a factor");
  // Looking changes nothing.
  await account.reload();
  await account.isOf(ADA);
  await notMe.press("This was not me");
  await notMe.isHeaded("Your account is frozen");
  await mail?.read(ADA, /^Your account is frozen for 24 hours/);
  await account.reload();
  await account.isHeaded("You are signed out");

  // The app was added within the hour, so it is gone, too.
  await third.signsIn();
  await third.account.says(/Changes are frozen until/, "You can look at everything and end sessions.");
  await expect(third.account.offer).toHaveCount(0);
  for (const gone of ["Rename or remove", "Get recovery codes", "Change the mail address", "Delete the account", "Add another"]) {
    await expect(third.account.page.getByText(gone)).toHaveCount(0);
  }
  await expect(third.account.events.filter({ hasText: "\u201cThis was not me\u201d" })).toHaveCount(1);
  // Nor by a page that is still open, or known by its address.
  await third.changeAddress.open();
  await third.changeAddress.askFor("eve@example.org");
  await third.account.isHeaded("Your account");
  await third.account.says(/Changes are frozen until/);
});

test("whoever says it in the browser that is signed in is told what came of it, and is signed out", async ({ visitor, mail }) => {
  await visitor.signsIn();
  const letter = await mail?.read(ADA, /^You have an account/);
  const link = new URL(letter?.text?.match(/^http\S+ticket=\S+$/m)?.[0] ?? "");
  const notMe = visitor.at(link.pathname + link.search);
  await notMe.open();
  await notMe.press("This was not me");
  await notMe.isHeaded("Your account is frozen");
  await visitor.account.open();
  await visitor.signIn.isHeaded("Sign in");
});

test("a link in pieces says that it does not work", async ({ visitor }) => {
  for (const path of ["/not-me", "/not-me?ticket=", "/not-me?ticket=abc"]) {
    await visitor.at(path).open();
    await visitor.at(path).isHeaded("This link can no longer be used");
  }
  await visitor.account.followLink("Sign in", visitor.page.getByRole("main"));
  await visitor.signIn.isHeaded("Sign in");
});
