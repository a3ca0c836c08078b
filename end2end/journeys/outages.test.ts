// Mail or store go away in the middle, and come back.
import { App } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";
import type { Leaf } from "../pages/leaf.ts";
import type { Visitor } from "../pages/visitor.ts";

test.describe("a mail server", () => {
  test.use({ letters: "mail server" });

  test("that is away changes no answer, and the letter arrives when it is back", async ({ visitor, mail }) => {
    const { emailCode } = visitor;
    await mail?.stop();
    await emailCode.open();
    await emailCode.address.fill("ada@example.org");
    await emailCode.arrives(() => emailCode.page.getByRole("button", { name: "Send the code" }).click());
    await emailCode.isHeaded("Type the code from the mail");
    await expect.poll(async () => (await state(visitor)).mail).toBe("down");

    await mail?.comeBack();
    await expect.poll(() => mail?.letters.length, { timeout: 30_000 }).toBe(1);
    await emailCode.type(mail?.to("ada@example.org")?.subject?.slice(0, 6) ?? "");
    await emailCode.says("The door is open.");
    await expect.poll(async () => (await state(visitor)).mail).toBe("up");
    expect(mail?.letters).toHaveLength(1);
  });
});

for (const [how, leave, back] of [["dies", "die", "comeBack"], ["says nothing", "freeze", "thaw"]] as const) {
  test(`a store that ${how} is told, nothing is accepted, and all goes on after its return`, { tag: "@store-goes-away" }, async ({ visitor, redis }) => {
    const { totp, overview, page } = visitor;
    await totp.open();
    await totp.choose();
    const app = new App(await totp.key());
    await totp.code.fill(app.now());

    await redis?.[leave]();
    await totp.arrives(() => page.getByRole("button", { name: "Confirm" }).click());
    await isAway(totp);
    await overview.arrives(() => page.goto("/"));
    await isAway(overview);
    expect((await page.request.get("/readyz")).status()).toBe(503);
    expect((await page.request.get("/healthz")).status()).toBe(200);

    await redis?.[back]();
    await expect.poll(async () => (await page.request.get("/readyz")).status(), { timeout: 60_000, intervals: [100] }).toBe(200);
    await overview.followLink("Try again");
    await overview.isAt(0, "no mail address is proved yet");
    await totp.open();
    await totp.isHeaded("Scan, then type the code");
    await totp.type(app.now());
    await totp.isPaired();
  });
}

async function isAway(leaf: Leaf) {
  await leaf.isHeaded("Service temporarily unavailable");
  const { status, headers } = leaf.watch.document(leaf.page);
  expect(status).toBe(503);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
}

async function state(visitor: Visitor): Promise<{ store: string; mail: string }> {
  return (await visitor.page.request.get("/readyz")).json();
}
