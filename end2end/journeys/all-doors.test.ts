// All four doors in a row, to the overview of somebody who has passed them, and back to the beginning.
import { App, scan, tokenCode } from "../outside/app.ts";
import { SecurityKey } from "../outside/security-key.ts";
import { expect, test } from "../outside/test.ts";
import type { Visitor } from "../pages/visitor.ts";

test("four doors are passed with the demo's own helpers and a key, and the walk starts over", async ({ visitor }) => {
  const { overview, emailCode, outbox, totp, hotp, phone, securityKeys: keys } = visitor;
  await SecurityKey.plugIn(visitor.page);
  await overview.open();
  await overview.leadsOnTo("Go on: email code");
  await emailCode.askFor("ada@example.org");
  await emailCode.followLink("outbox");
  const mailed = await outbox.newestCode();
  await outbox.followLink("Back to the email code");
  await emailCode.type(mailed);

  await emailCode.followLink("Go on: authenticator app");
  await totp.choose();
  await totp.followLink("pocket authenticator");
  await phone.scan();
  const shown = await phone.shownCode();
  await phone.followLink("Back to the authenticator page");
  await totp.type(shown);

  await totp.followLink("Go on: counter token");
  await hotp.choose();
  await hotp.followLink("pocket authenticator");
  await phone.scanToken();
  const first = await phone.tokenCode();
  await phone.followLink("Back to the counter token page");
  await hotp.type(first);

  await hotp.followLink("Go on: security key");
  await keys.register();
  await keys.try();
  await keys.says("opened the door.");
  await overview.open();
  await isComplete(visitor);
  await startsOver(visitor);
});

test.describe("with other people's parts", () => {
  test.use({ letters: "mail server" });

  test("four doors are passed by mail, camera, oathtool and a U2F key, and the walk starts over", async ({ visitor, mail }) => {
    const { overview, emailCode, totp, hotp, securityKeys: keys, page } = visitor;
    await SecurityKey.plugIn(page, { protocol: "u2f" });
    await overview.open();
    await overview.leadsOnTo("Go on: email code");
    await emailCode.askFor("ada@example.org");
    await expect.poll(() => mail?.letters.length).toBe(1);
    await emailCode.type(mail?.to("ada@example.org")?.subject?.match(/^\d{6}/)?.[0] ?? "");

    await emailCode.followLink("Go on: authenticator app");
    await totp.choose();
    const app = App.of(scan(await page.screenshot({ fullPage: true })));
    await totp.type(app.now());

    await totp.followLink("Go on: counter token");
    await hotp.choose();
    const seen = new URL(scan(await page.screenshot({ fullPage: true })));
    expect(seen.searchParams.get("counter")).toBe("0");
    await hotp.type(tokenCode(seen.searchParams.get("secret") ?? "", 0));

    await hotp.followLink("Go on: security key");
    await keys.register();
    await keys.try();
    await overview.open();
    await isComplete(visitor);
    await startsOver(visitor);
  });
});

const DOORS = ["Email code", "Authenticator app", "Counter token", "Security key"] as const;

async function isComplete({ overview }: Visitor) {
  await overview.isHeaded("The doors are open");
  await overview.says("All 4 doors are passed.", "You have tried every factor.");
  for (const door of DOORS) await expect(overview.door(door)).toContainText(/Passed at \d\d:\d\d/);
  await expect(overview.page.getByRole("region", { name: "Your session" })).toContainText("Level 3 of 3");
  for (const door of DOORS) await expect(overview.protection.getByRole("rowheader", { name: door })).toBeVisible();
}

/** One press, and it is as if nobody had been here. */
async function startsOver({ overview, totp, page }: Visitor) {
  const before = await page.context().cookies();
  await overview.startOver();
  expect(new URL(page.url()).pathname).toBe("/");
  await overview.isHeaded("A second door, four ways to open it");
  await overview.isAt(0, "no mail address is proved yet");
  await expect(overview.door("Email code")).toContainText("Next step");
  for (const door of DOORS.slice(1)) await expect(overview.door(door)).toContainText("Not begun");
  await expect(overview.protection).toHaveCount(0);
  expect((await page.context().cookies())[0]?.value).not.toBe(before[0]?.value);
  await totp.open();
  await totp.choose();
}
