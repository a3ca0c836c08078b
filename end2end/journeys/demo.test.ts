// The whole walk with nothing but the demo's own helpers, as somebody does who just started the program.
import { expect, test } from "../outside/test.ts";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("three doors are passed with outbox and pocket authenticator alone", async ({ visitor }) => {
      const { overview, emailCode, outbox, phone, totp, hotp } = visitor;
      await overview.open();
      await expect(visitor.page.getByRole("complementary", { name: "Demo" })).toContainText("Nothing leaves this machine");
      await expect(overview.door("Email code")).toContainText("Next step");
      await expect(overview.door("Authenticator app")).toContainText("Not begun");
      await overview.isAt(0, "no mail address is proved yet");

      await overview.leadsOnTo("Go on: email code");
      await emailCode.askFor("ada@example.org");
      await expect(emailCode.heading).toHaveText("Type the code from the mail");
      await emailCode.followLink("outbox");
      await expect(outbox.letters).toHaveCount(1);
      const mailed = await outbox.newestCode();
      await outbox.followLink("Back to the email code");
      await emailCode.type(mailed);
      await emailCode.says("The door is open.");
      await emailCode.isHeaded("The mail address is proved");
      await expect(visitor.page.getByText("ada@example.org", { exact: true })).toBeVisible();

      await emailCode.followLink("Go on: authenticator app");
      await totp.choose();
      await totp.followLink("pocket authenticator");
      await phone.scan();
      await phone.says("Scanned.");
      const shown = await phone.shownCode();
      await phone.followLink("Back to the authenticator page");
      await totp.type(shown);
      await totp.says("The door is open.");
      await totp.isPaired();

      await totp.followLink("Go on: counter token");
      await hotp.choose();
      await hotp.followLink("pocket authenticator");
      await phone.scanToken();
      const first = await phone.tokenCode();
      await phone.followLink("Back to the counter token page");
      await hotp.type(first);
      await hotp.says("The door is open.");
      await hotp.isPaired();
      await hotp.expects(1);

      await overview.open();
      await expect(overview.door("Security key")).toContainText("Next step");
      await expect(overview.door("Email code")).toContainText(/Passed at \d\d:\d\d/);
      await expect(overview.door("Authenticator app")).toContainText(/Passed at \d\d:\d\d/);
      await expect(overview.door("Counter token")).toContainText(/Passed at \d\d:\d\d/);
      await overview.isAt(2, "a mail address and something you hold were proved");
    });
  });
}

test("the outbox shows a session its own letters only", async ({ visitor, newVisitor }) => {
  await visitor.asksForCode();
  const other = await newVisitor();
  await other.outbox.open();
  await expect(other.outbox.letters).toHaveCount(0);
  await other.phone.open();
  await expect(other.phone.entries).toHaveCount(0);
});

test.describe("with a mail server", () => {
  test.use({ letters: "mail server" });

  test("there is no outbox, no pocket authenticator and no banner", async ({ visitor }) => {
    for (const path of ["/outbox", "/phone"]) {
      const nowhere = visitor.at(path);
      await nowhere.open();
      expect(visitor.watch.document(visitor.page).status).toBe(404);
      await nowhere.isHeaded("There is no page here");
    }
    await visitor.overview.open();
    await expect(visitor.page.getByRole("complementary", { name: "Demo" })).toHaveCount(0);
    await expect(visitor.page.getByRole("link", { name: /outbox|authenticator$/i })).toHaveCount(0);
  });
});
