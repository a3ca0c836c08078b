// A session's end, the way back in, and what a browser's own buttons do.
import { App } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";

test("ending a session forgets all that was proved, and a new one begins from there", async ({ visitor }) => {
  const { overview, totp, page } = visitor;
  await visitor.provesAddress();
  await overview.open();
  await overview.isAt(1, "a mail address was proved");
  const other = await visitor.inAnotherTab();
  await other.totp.open();

  await overview.endSession();
  await overview.isHeaded("You ended this session");
  expect(await page.context().cookies()).toEqual([]);
  await other.totp.press("Show the QR code");
  await other.totp.isHeaded("This session is over");
  expect(visitor.watch.document(other.page).status).toBe(401);

  await overview.press("Begin a new session");
  await overview.isHeaded("A second door, four ways to open it");
  await overview.isAt(0, "no mail address is proved yet");
  await totp.open();
  await totp.isHeaded("Pair an authenticator app");
});

test("a cookie nobody knows is not adopted; it is told, with a way on", async ({ visitor, portal }) => {
  const { overview, emailCode, page } = visitor;
  const unknown = { name: "postern", value: "AAAAAAAAAAAAAAAAAAAAAA", url: portal.origin };
  await page.context().addCookies([unknown]);
  await emailCode.open();
  await emailCode.isHeaded("This session is over");
  expect(visitor.watch.document(page).status).toBe(401);
  expect((await page.context().cookies())[0]?.value).toBe(unknown.value);
  await emailCode.press("Begin a new session");
  await overview.isHeaded("A second door, four ways to open it");
  expect((await page.context().cookies())[0]?.value).not.toBe(unknown.value);
  await emailCode.open();
  await emailCode.isHeaded("Prove a mail address");
});

test("the session's id changes when the level rises, and the old one is dead", async ({ visitor, newVisitor, portal }) => {
  await visitor.overview.open();
  const [before] = await visitor.page.context().cookies();
  await visitor.provesAddress();
  const [after] = await visitor.page.context().cookies();
  expect(after?.value).not.toBe(before?.value);
  const thief = await newVisitor();
  await thief.page.context().addCookies([{ name: "postern", value: before?.value ?? "", url: portal.origin }]);
  await thief.overview.open();
  await thief.overview.isHeaded("This session is over");
});

test("back, forward and reload send no form a second time", async ({ visitor }) => {
  const { emailCode, overview, page } = visitor;
  await overview.open();
  await overview.leadsOnTo("Go on: email code");
  await emailCode.askFor("ada@example.org");
  await emailCode.type("12345");
  await emailCode.says("That is not a code from the mail.");
  const posts = visitor.watch.posts();
  expect(posts).toBe(2);
  await emailCode.reload();
  await expect(emailCode.note).toHaveCount(0);
  await emailCode.isHeaded("Type the code from the mail");
  await emailCode.back();
  await emailCode.arrives(() => page.goForward());
  await emailCode.isHeaded("Type the code from the mail");
  expect(visitor.watch.posts()).toBe(posts);
});

test("every page may be loaded anew and says the same", async ({ visitor }) => {
  const { overview, emailCode, totp, clients, rotateClient, disableBySecret, outbox, phone } = visitor;
  await visitor.provesAddress();
  await totp.open();
  await totp.choose();
  const key = await totp.key();
  for (const leaf of [overview, emailCode, totp, clients, rotateClient, disableBySecret, outbox, phone, visitor.at("/session-ended"), visitor.at("/nowhere")]) {
    await leaf.open();
    const heading = await leaf.heading.innerText();
    await leaf.reload();
    await leaf.isHeaded(heading);
  }
  await totp.open();
  expect(await totp.key()).toBe(key);
  await totp.type(new App(key).now());
  await totp.isPaired();
});

test("two tabs ask and answer for one code; the tab that comes second finds the door open", async ({ visitor }) => {
  const code = await visitor.asksForCode();
  const other = await visitor.inAnotherTab();
  await other.emailCode.open();
  await other.emailCode.isHeaded("Type the code from the mail");
  await visitor.emailCode.type(code);
  await visitor.emailCode.says("The door is open.");
  await other.emailCode.type(code);
  await other.emailCode.says("No code waits here any more.");
  await other.emailCode.isHeaded("The mail address is proved");
});
