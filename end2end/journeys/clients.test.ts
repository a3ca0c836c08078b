// API keys: asked for by mail, activated for a secret that is shown once, rotated, disabled.
import { expect, test } from "../outside/test.ts";
import { ADA, type Visitor } from "../pages/visitor.ts";
import type { Pair } from "../pages/clients.ts";

const SECRET = /^[A-Za-z0-9+/]{43}=$/;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a visitor finds the page, proves an address, and gets a key that works until it is disabled", async ({ visitor }) => {
      const { overview, clients, clientSecret, disableClient, page } = visitor;
      await overview.open();
      await overview.followLink("API keys");
      await clients.isHeaded("API keys");
      await clients.askFor(ADA);
      await clients.type(await visitor.readsCode(clients));
      await clients.says("The address is proved.");
      await clients.press("Mail me a key");
      await clients.says("A key is on its way.");
      const key = await visitor.readsKey();
      await clients.activate(key);
      await clientSecret.isHeaded("Your API secret");
      await clientSecret.says("Nobody can show it again.");
      const pair = await clientSecret.pair();
      expect(pair.key).toBe(key);
      expect(pair.secret).toMatch(SECRET);
      await expect(clientSecret.example).toContainText(`x-mfa-apikey: ${key}`);
      expect(await calls(visitor, pair)).toBe(200);

      await clientSecret.hasBeenKept();
      await clients.isIn(key, "active");
      await expect(clients.row(key)).toContainText("0 users with an app, 0 with a security key, no refused answer");
      await clients.reload();
      const showing = visitor.watch.answers.filter(({ body }) => body.includes(pair.secret));
      expect(showing.map(({ url, method }) => `${method} ${new URL(url).pathname}`)).toEqual(["POST /forms/clients/activate"]);

      await clients.disables(key);
      await disableClient.isHeaded(`Disable the key ${key.slice(0, 8)}…`);
      await expect(page.getByText("This cannot be taken back.")).toBeVisible();
      await disableClient.confirm();
      await clients.says("The key is disabled.");
      await clients.isIn(key, "disabled");
      expect(await calls(visitor, pair)).toBe(401);
    });

    test("whoever has key and secret disables it, with no address proved", async ({ visitor, newVisitor }) => {
      await visitor.signsIn();
      const pair = await visitor.getsKey();
      const { clients, disableBySecret, page } = await newVisitor({ javaScriptEnabled });
      await clients.open();
      await clients.followLink("Disable a key by its secret");
      await disableBySecret.disable({ ...pair, secret: `${"A".repeat(43)}=` });
      await disableBySecret.says("That key and secret do not open anything.");
      await expect(page.getByLabel("API key")).toHaveValue(pair.key);
      await expect(page.getByLabel("API secret")).toHaveValue("");
      await disableBySecret.disable(pair);
      await clients.says("The key is disabled.");
      expect(await calls(visitor, pair)).toBe(401);
    });

    test("who has an account signs in and is back where the keys are", { tag: "@waits" }, async ({ visitor, newVisitor }) => {
      test.setTimeout(120_000);
      await visitor.signsIn();
      const { key } = await visitor.getsKey();
      const other = await newVisitor({ javaScriptEnabled });
      await other.provesAddress();
      await other.clients.open();
      await other.clients.isHeaded("Sign in to see these keys");
      await expect(other.clients.rows).toHaveCount(0);
      await other.clients.arrives(() => other.page.getByRole("main").getByRole("button", { name: "Sign in" }).click());
      // The code that proved the address went out moments ago, and the next one waits half a minute.
      await expect(async () => {
        await other.signIn.askFor(ADA);
        await other.signIn.isHeaded("Type the code from the mail");
      }).toPass({ timeout: 45_000, intervals: [5_000] });
      await other.signIn.type(await other.readsCode(other.signIn));
      await other.clients.isHeaded("API keys");
      await other.clients.isIn(key, "active");
    });
  });
}

test("secret and key are copied, and the page says so", async ({ visitor }) => {
  const { clientSecret, rotateClient, page } = visitor;
  await visitor.signsIn();
  const pair = await visitor.getsKey();
  await page.getByRole("button", { name: "Copy the secret" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied." })).toHaveCount(1);
  await rotateClient.open();
  const field = page.getByLabel("Old API secret");
  await field.focus();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(field).toHaveValue(pair.secret);
  await expect(field).toHaveAttribute("type", "password");
  expect(clientSecret.path).toBe("/forms/clients/activate");
});

test("a key moves to another, and the old one opens nothing from then on", { tag: "@waits" }, async ({ visitor }) => {
  test.setTimeout(120_000);
  const { clients, rotateClient, page } = visitor;
  await visitor.signsIn();
  const old = await visitor.getsKey();
  expect(await calls(visitor, old)).toBe(200);
  await clients.open();
  await clients.press("Mail me a key");
  if ((await clients.note.innerText()).includes("a moment ago")) {
    await page.getByText("You can ask for another one now.").waitFor({ timeout: 35_000 });
    await clients.press("Mail me a key");
  }
  await clients.activate(await visitor.readsKey());
  const fresh = await visitor.clientSecret.pair();
  await rotateClient.open();
  await rotateClient.rotate(old, old);
  await rotateClient.says("These two do not go together.");
  await rotateClient.rotate(old, fresh);
  await rotateClient.isHeaded("Everything moved");
  await expect(page.locator(".facts")).toContainText("1 user moved, none is left");
  await clients.open();
  await clients.isIn(old.key, "moved to another key");
  await clients.isIn(fresh.key, "active");
  expect(await calls(visitor, old)).toBe(401);
  expect(await calls(visitor, fresh)).toBe(200);
});

/** What a program is answered that begins an enrolment with these. */
async function calls({ page }: Visitor, { key, secret }: Pair): Promise<number> {
  const headers = { "x-mfa-apikey": key, "x-mfa-apisecret": secret };
  const answer = await page.request.post("/api/v1/mfa/totp", { headers, data: {} });
  return answer.status();
}
