// What comes from elsewhere, or cannot be read, is refused with words and a way on, and changes nothing.
import { expect, test } from "../outside/test.ts";

test("a form on another site ends nobody's session", async ({ visitor, portal }) => {
  const { overview, page } = visitor;
  await visitor.provesAddress();
  const trap = `<!DOCTYPE html><form method="post" action="${portal.origin}/forms/session/end"><button>Win a prize</button></form>`;
  visitor.watch.allows("http://elsewhere.example");
  await page.route("http://elsewhere.example/", (route) => route.fulfill({ contentType: "text/html", body: trap }));
  const elsewhere = visitor.at("http://elsewhere.example/");
  await elsewhere.open();
  await elsewhere.press("Win a prize");
  await elsewhere.isHeaded("That did not come from this portal");
  expect(visitor.watch.document(page).status).toBe(403);
  await elsewhere.followLink("Go to the overview");
  await overview.isAt(1, "a mail address was proved");
});

test("a form that is too large or twice filled in is told so, and nothing was sent", async ({ visitor }) => {
  const { emailCode, outbox, page } = visitor;
  await emailCode.open();
  await emailCode.fillWhatever(emailCode.address, "a".repeat(70_000));
  await emailCode.press("Send the code");
  await emailCode.isHeaded("That was too much to read");
  expect(visitor.watch.document(page).status).toBe(413);
  await emailCode.open();
  await emailCode.address.fill("ada@example.org");
  await emailCode.address.evaluate((input) => input.after(input.cloneNode()));
  await emailCode.press("Send the code");
  await emailCode.isHeaded("That form could not be read");
  expect(visitor.watch.document(page).status).toBe(400);
  expect(page.url()).not.toContain("?");
  await emailCode.followLink("Go to the overview");
  await outbox.open();
  await expect(outbox.letters).toHaveCount(0);
});

test("what is typed is shown as it was typed, never as markup", async ({ visitor: { emailCode, page } }) => {
  await emailCode.open();
  const typed = `"><script>document.title='x'</script>@example.org`;
  await emailCode.askFor(typed);
  await expect(emailCode.address).toHaveValue(typed);
  await expect(page).toHaveTitle("Email code · Postern");
});

test("127.0.0.1 leads to localhost, and no other name is answered to", async ({ visitor, portal }) => {
  const { overview, page } = visitor;
  const numbers = portal.origin.replace("localhost", "127.0.0.1");
  visitor.watch.allows(numbers);
  await overview.arrives(() => page.goto(`${numbers}/email-code`));
  await expect(page).toHaveURL(`${portal.origin}/email-code`);
  const answer = await page.request.get(portal.origin, { headers: { host: "evil.example" } });
  expect(answer.status()).toBe(421);
});
