// Every way an authenticator app's code can go, and what can be done with the app.
import { App, USUAL } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";
import type { Visitor } from "../pages/visitor.ts";

async function pairs({ totp }: Visitor): Promise<App> {
  await totp.open();
  await totp.choose();
  const app = new App(await totp.key());
  await totp.type(app.now());
  await totp.isPaired();
  return app;
}

test("while unconfirmed, a wrong code is told from a clock that is off and a setting that was ignored", async ({ visitor: { totp } }) => {
  await totp.open();
  await totp.choose({ algorithm: "SHA256", digits: 6, period: 30 });
  const app = new App(await totp.key(), { algorithm: "SHA256", digits: 6, period: 30 });
  await totp.type("");
  await totp.says("There is no code in the field.");
  await totp.type("12345");
  await totp.says("That is not a code from the app.", "6 digits and nothing else");
  await totp.type(app.wrong());
  await totp.says("That code is not right.");
  await expect(totp.page.getByText("4 tries left before a short wait.")).toBeVisible();
  await totp.type(app.ahead(120));
  // A step may end between making the code and judging it.
  await totp.says(/Your phone’s clock is about (2 minutes|90 seconds) ahead\./);
  await totp.type(app.ahead(-600));
  await totp.says(/Your phone’s clock is about 1[01] minutes behind\./);
  await totp.type(new App(app.key, USUAL).now());
  await totp.says("Your app ignored the setting: SHA256.", "Start over with SHA1");
  await totp.type(app.now());
  await totp.isPaired();
});

test("five wrong codes begin a wait that is told and counted down; the right one passes after it, not in it", { tag: "@waits" }, async ({ visitor: { totp, page } }) => {
  test.setTimeout(90_000);
  await totp.open();
  await totp.choose();
  const app = new App(await totp.key());
  for (let tries = 0; tries < 5; tries++) await totp.type(app.wrong());
  await totp.says("Too many wrong codes.", /Wait \d+ seconds/);
  await totp.type(app.now());
  await totp.says("Too many wrong codes.", /Wait \d+ seconds/);
  await expect(page.getByText("You can try again now.")).toBeVisible({ timeout: 35_000 });
  await totp.type(app.now());
  await totp.isPaired();
});

test("each code opens once, and once paired nothing is told of near codes", async ({ visitor }) => {
  const { totp } = visitor;
  await totp.open();
  await totp.choose();
  const app = new App(await totp.key());
  const first = app.now();
  await totp.type(first);
  await totp.says("The door is open.", "This one is spent.");
  await totp.type(first);
  await totp.says("That code was used already.", /Wait for the next, about \d+ seconds?\./);
  await totp.type(app.next());
  await totp.says("That code is right.");
  await totp.type(app.ahead(300));
  await totp.says("That code is not right.");
});

test("a paired app is renamed and removed", async ({ visitor }) => {
  const { totp, overview } = visitor;
  const app = await pairs(visitor);
  await totp.rename("<b>Ada's</b> \"phone\" & more");
  await totp.says("The name is saved.");
  await expect(totp.fact("Name")).toHaveText("<b>Ada's</b> \"phone\" & more");
  await totp.rename("x".repeat(41));
  await totp.says("That name does not fit.");
  await expect(totp.page.getByLabel("New name")).toHaveValue("x".repeat(41));
  await totp.rename("Pocket");
  await expect(totp.fact("Name")).toHaveText("Pocket");
  await totp.remove();
  await totp.says("The authenticator app is removed.");
  await totp.isHeaded("Pair an authenticator app");
  await overview.open();
  await overview.isAt(0, "no mail address is proved yet");
  await totp.open();
  await totp.choose();
  await totp.type(app.now());
  await totp.says("That code is not right.");
});

test("starting over makes a new key and forgets the old one", async ({ visitor: { totp } }) => {
  await totp.open();
  await totp.choose();
  const old = new App(await totp.key());
  await totp.startOver();
  await totp.choose();
  const fresh = new App(await totp.key());
  expect(fresh.key).not.toBe(old.key);
  await totp.type(old.now());
  await totp.says("That code is not right.");
  await totp.type(fresh.now());
  await totp.isPaired();
});

test("a setting out of range is refused and stays to be corrected", async ({ visitor: { totp } }) => {
  await totp.open();
  for (const period of [29, 61, 0, 999]) {
    await totp.choose({ algorithm: "SHA512", digits: 8, period });
    await totp.says("That setting does not exist.");
    await expect(totp.page.getByLabel("Seconds between codes")).toHaveValue(String(period));
    await expect(totp.page.getByLabel("SHA512")).toBeChecked();
  }
});

test("a tab that still shows the first page cannot replace an app that another tab paired", async ({ visitor }) => {
  await visitor.totp.open();
  const late = await visitor.inAnotherTab();
  await late.totp.open();
  const app = await pairs(visitor);
  await late.totp.choose();
  await late.totp.isPaired();
  await late.totp.type(app.next());
  await late.totp.says("That code is right.");
});

test("two tabs show one and the same key, and the one that comes second with a code is told it is used", async ({ visitor }) => {
  await visitor.totp.open();
  await visitor.totp.choose();
  const other = await visitor.inAnotherTab();
  await other.totp.open();
  expect(await other.totp.key()).toBe(await visitor.totp.key());
  const code = new App(await visitor.totp.key()).now();
  await visitor.totp.type(code);
  await visitor.totp.isPaired();
  await other.totp.type(code);
  await other.totp.isPaired();
  await other.totp.says("That code was used already.");
});

test("the key is copied without the spaces it is shown with", async ({ visitor: { totp, page } }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await totp.open();
  await totp.choose();
  await page.getByRole("button", { name: "Copy the key" }).click();
  await expect(page.getByText("Copied.")).toBeVisible();
  // Pages of the portal may not read the clipboard; a field takes what is pasted.
  await totp.code.press("ControlOrMeta+v");
  await expect(totp.code).toHaveValue((await totp.key()).replaceAll(" ", ""));
});
