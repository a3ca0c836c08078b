// Security keys of every kind, and everything that can come between.
import { KINDS, SecurityKey } from "../outside/security-key.ts";
import { expect, test } from "../outside/test.ts";

for (const [what, kind] of Object.entries(KINDS)) {
  test(`${what} is registered and opens the door again and again`, async ({ visitor: { securityKeys: keys, page } }) => {
    await SecurityKey.plugIn(page, kind);
    await keys.open();
    await keys.isHeaded("Register a security key");
    await keys.register();
    await keys.says("Security key 1 is registered.");
    await keys.isHeaded("Now try the key");
    await expect(page.getByText("One key can be lost.")).toBeVisible();
    await expect(keys.fact("Last used at")).toHaveText("not yet");
    for (let times = 0; times < 3; times++) {
      await keys.try();
      await keys.says("Security key 1 opened the door.");
    }
    const verified = "hasUserVerification" in kind;
    await keys.says(verified ? "It also made sure that it is you" : "It asked for a touch only");
    await expect(keys.fact("Holder")).toContainText(verified ? "verified by the key" : "not verified");
  });
}

test("the key lifts the level to three, and the session gets a new id", async ({ visitor, newVisitor, portal }) => {
  const { securityKeys: keys, overview, page } = visitor;
  await visitor.provesAddress();
  await SecurityKey.plugIn(page);
  await keys.open();
  await keys.register();
  const [before] = await page.context().cookies();
  await keys.try();
  await overview.open();
  await expect(page.getByRole("region", { name: "Your session" })).toContainText("Level 3 of 3");
  await expect(overview.door("Security key")).toContainText(/Passed at \d\d:\d\d/);
  const thief = await newVisitor();
  await thief.page.context().addCookies([{ name: "postern", value: before?.value ?? "", url: portal.origin }]);
  await thief.overview.open();
  await thief.overview.isHeaded("This session is over");
});

test("a passkey is made where the key can, and one without is a choice where it cannot", async ({ visitor: { securityKeys: keys, page } }) => {
  const able = await SecurityKey.plugIn(page, { hasResidentKey: true, hasUserVerification: true, isUserVerified: true });
  await keys.open();
  await keys.register();
  expect((await able.credentials()).map((one) => one.isResidentCredential)).toEqual([true]);
  await able.pullOut();
  // Chromium makes no passkey on a key that cannot verify, and nothing else either.
  const unable = await SecurityKey.plugIn(page, { hasResidentKey: true });
  await keys.registerInVain();
  await keys.says("No key answered.", "tick the box below");
  await keys.withoutPasskey.check();
  await keys.register("Old key");
  await keys.says("Old key is registered.");
  expect((await unable.credentials()).map((one) => one.isResidentCredential)).toEqual([false]);
  await keys.try();
  await keys.says("Old key opened the door.");
});

test("a key may verify its holder at one time and not at another", async ({ visitor: { securityKeys: keys, page } }) => {
  const first = await SecurityKey.plugIn(page, KINDS["a USB key with a PIN"]);
  await keys.open();
  await keys.register();
  await keys.try();
  await keys.says("It also made sure that it is you");
  // Not recognised: the browser itself takes no for an answer.
  await first.recognises(false);
  await keys.tryInVain();
  await keys.says("No key answered.");
  await first.recognises(true);
  await keys.try();
  await keys.says("opened the door.");
});

test("a key that is registered is not registered again", async ({ visitor: { securityKeys: keys, page } }) => {
  await SecurityKey.plugIn(page);
  await keys.open();
  await keys.register();
  await keys.registerInVain();
  await keys.says("That key is registered already.");
  await expect(keys.keys).toHaveCount(1);
});

test("a copy is told by its count and refused, and the key itself goes on", async ({ visitor: { securityKeys: keys, page } }) => {
  const key = await SecurityKey.plugIn(page);
  await keys.open();
  await keys.register("Blue key");
  await keys.try();
  await keys.try();
  const [{ signCount } = { signCount: 0 }] = await key.credentials();
  await key.becomesACopyTakenAt(1);
  await keys.try();
  await keys.says("There may be a copy of Blue key.", "nothing was accepted");
  await key.becomesACopyTakenAt(signCount);
  await keys.try();
  await keys.says("Blue key opened the door.");
});

test("keys are renamed and removed, and a removed key comes back", async ({ visitor: { securityKeys: keys, page } }) => {
  const first = await SecurityKey.plugIn(page);
  await keys.open();
  await keys.register("First");
  await first.pullOut();
  const second = await SecurityKey.plugIn(page, { transport: "nfc" });
  await keys.register("Second");
  await keys.try();
  await keys.says("Second opened the door.");
  await expect(page.getByText("One key can be lost.")).toHaveCount(0);

  const odd = `<b>Ada's</b> "key" & more`;
  await keys.rename("First", odd);
  await keys.says("The name is saved.");
  await expect(keys.keys.getByRole("heading")).toHaveText([odd, "Second"]);
  await keys.rename("Second", "x".repeat(41));
  await keys.says("That name does not fit.");
  await expect(page.getByLabel("New name").nth(1)).toHaveValue("x".repeat(41));
  await keys.register(" ");
  await keys.says("That name does not fit.");

  await keys.remove("Second");
  await keys.says("The key is removed.");
  await keys.isHeaded("Now try the key");
  await keys.register("Second again");
  await keys.try();
  await keys.says("Second again opened the door.");
  expect(await second.credentials()).toHaveLength(2);
});

test("two tabs register and sign in at once, and each finishes", async ({ visitor }) => {
  const other = await visitor.inAnotherTab();
  await SecurityKey.plugIn(visitor.page, KINDS["a USB key with a PIN"]);
  await SecurityKey.plugIn(other.page, { transport: "nfc" });
  const [here, there] = [visitor.securityKeys, other.securityKeys];
  await here.open();
  await there.open();
  await here.name.fill("Here");
  const registerHere = await here.holdsAfterAsking("register");
  await there.page.bringToFront();
  await there.register("There");
  await there.says("There is registered.");
  await registerHere();
  await here.says("Here is registered.");

  const tryHere = await here.holdsAfterAsking("try");
  await there.page.bringToFront();
  await there.try();
  await there.says("There opened the door.");
  await tryHere();
  await here.says("Here opened the door.");
});

test("an answer opens once: sent again, it is too late", async ({ visitor: { securityKeys: keys, page } }) => {
  await SecurityKey.plugIn(page, { transport: "internal" });
  await keys.open();
  await keys.register();
  const sent = page.waitForRequest((request) => request.url().endsWith("/forms/security-keys/authenticate"));
  await keys.try();
  const answer = new URLSearchParams((await sent).postData() ?? "").get("answer") ?? "";
  await page.locator("form[data-ceremony=get] [name=answer]").evaluate((field, value) => ((field as HTMLInputElement).value = value), answer);
  await keys.arrives(() => page.locator("form[data-ceremony=get]").evaluate((form) => (form as HTMLFormElement).submit()));
  await keys.says("That answer came too late, or a second time.");
});

test("an answer cut short is told, and nothing is lost", async ({ visitor: { securityKeys: keys, page } }) => {
  await SecurityKey.plugIn(page);
  await keys.open();
  await page.route("**/api/v1/security-keys/*", async (route) => route.fulfill({ response: await route.fetch(), body: "{" }));
  await keys.registerInVain();
  await keys.says("The portal did not answer.");
  await page.unroute("**/api/v1/security-keys/*");
  await keys.register();
  await keys.says("is registered.");
});

test("a browser that knows no keys says so", async ({ visitor: { securityKeys: keys, page } }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, "PublicKeyCredential"));
  await keys.open();
  await keys.says("This browser cannot speak with that key.");
  await expect(page.getByRole("button", { name: "Register a key" })).toHaveCount(0);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says what is missing and what works instead", async ({ visitor: { securityKeys: keys, overview, page } }) => {
    await keys.open();
    await keys.says("Scripts are off in this browser.", "The other doors work without.");
    await expect(page.getByRole("button", { name: "Register a key" })).toHaveCount(0);
    await keys.followLink("Go to the other doors");
    await overview.isHeaded("A second door, four ways to open it");
  });
});
