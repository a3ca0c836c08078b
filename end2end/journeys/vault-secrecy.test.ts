// What the portal never gets to know of a vault, and what a browser makes of entries that somebody else wrote.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { APIRequestContext, CDPSession, Request } from "@playwright/test";
import { App } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";
import * as base32 from "../../public/vault/base32.js";
import * as base58 from "../../public/vault/base58.js";
import { identify, newUuid } from "../../public/vault/identity.js";
import { type Otp } from "../../public/vault/otp.js";
import { seal } from "../../public/vault/sealed.js";

const SECRET = "MZXW6YTBOJTG633CMFZGM33PMJQXEZTP";
const ISSUER = "Zwölf Türme & Söhne";
const ACCOUNT = "hypatia+alexandria@example.org";
const TOKEN = "Elf Brücken";
const NEW_ISSUER = "Dreizehn Türme";

test("nothing of an entry, nor the vault's ID, leaves the browser in any encoding, or is in the store or the log", async ({ visitor, portal, redis }) => {
  const { vault, page } = visitor;
  const sent: string[] = [];
  const reading: Promise<void>[] = [];
  page.context().on("request", (request) => reading.push(written(request).then((text) => void sent.push(text))));
  await vault.open();
  const id = await vault.make();
  await vault.add({ key: SECRET, issuer: ISSUER, account: ACCOUNT });
  await vault.told("Added.");
  await vault.add({ key: SECRET, issuer: TOKEN, account: ACCOUNT, type: "hotp", counter: 3 });
  await vault.told("Added.");
  await vault.do(`Next code of ${TOKEN}`);
  await vault.edit(ISSUER);
  await vault.dialog.getByLabel("Service").fill(NEW_ISSUER);
  await vault.do("Save", vault.dialog);
  await vault.told("Saved.");
  await vault.unfold("Bring in, take out");
  expect((await vault.takeOut()).join()).toContain(SECRET);
  await vault.reload();
  await vault.isOpen();
  await vault.do("Close the vault");
  await vault.openWith(id);
  await vault.isOpen();
  await expect(vault.rows).toHaveCount(2);
  await Promise.all(reading);
  expect(sent.length).toBeGreaterThan(10);

  const kept = await contents([portal.folder, ...(redis ? [redis.folder] : [])]);
  const [secret, uuid] = [base32.decode(SECRET) ?? new Uint8Array(), Buffer.from(id.replaceAll("-", ""), "hex")];
  const told = [secret, uuid, ...[SECRET, ISSUER, TOKEN, NEW_ISSUER, ACCOUNT, id].map((text) => Buffer.from(text))];
  for (const [where, text] of Object.entries({ requests: sent.join("\n"), log: portal.log, store: kept })) {
    for (const form of told.flatMap(encodings)) expect(text.toLowerCase().includes(form.toLowerCase()), `${form} in ${where}`).toBe(false);
  }
  // The search finds what is there.
  const { own } = await identify(id);
  expect(sent.join("\n")).toContain(own.id);
});

test("an entry that somebody changed is told to be so, and the others still work @in-browser", async ({ visitor, newVisitor, request }) => {
  const id = newUuid();
  const [{ own }, other] = await Promise.all([identify(id), identify(newUuid())]);
  const good = await seal(own, entry(0));
  const blobs = await Promise.all([1, 2, 3, 4].map((n) => seal(own, entry(n))));
  const bytes = (blob: string | undefined) => Buffer.from((blob ?? "").slice(3), "base64url");
  const flipped = (blob: string | undefined, at: number) => {
    const changed = bytes(blob);
    changed[(at + changed.length) % changed.length]! ^= 1;
    return `v2.${changed.toString("base64url")}`;
  };
  const tampered = [
    flipped(blobs[0], 0), // nonce
    flipped(blobs[1], 20), // ciphertext
    flipped(blobs[2], -1), // tag
    `v2.${bytes(blobs[3]).subarray(0, 40).toString("base64url")}`, // cut short
    await seal(other.own, entry(5)), // of another vault
    "v2.", // nothing at all
    "no-blob-of-ours",
  ];
  await keep(request, own.id, [...tampered.slice(0, 3), good, ...tampered.slice(3)]);
  const { vault, page } = visitor;
  await vault.open();
  await vault.openWith(id);
  await expect(vault.rows).toHaveCount(8);
  await expect(page.locator("li.vault-row.broken")).toHaveCount(7);
  await expect(page.locator("li.vault-row [data-code]:visible")).toHaveCount(1);
  const app = new App(SECRET);
  expect([app.now(), app.next()]).toContain(await vault.code("Service 0"));
  await expect(page.getByText("It was changed since it was written")).toHaveCount(5);
  await expect(page.getByText("It is in no format that this page knows")).toHaveCount(2);
  await vault.unfold("Bring in, take out");
  expect(await vault.takeOut()).toHaveLength(1);
  await page.locator("li.vault-row.broken").first().getByRole("button", { name: /^Edit/ }).click();
  await vault.do("Delete", vault.dialog);
  await vault.told("Deleted.");
  const elsewhere = await newVisitor();
  await elsewhere.vault.open();
  await elsewhere.vault.openWith(id);
  await expect(elsewhere.vault.rows).toHaveCount(7);
});

test("a thousand entries open, are searched and show their codes without a stutter @in-browser", async ({ visitor, request }) => {
  const id = newUuid();
  const { own } = await identify(id);
  await keep(request, own.id, await Promise.all([...Array(1000).keys()].map((n) => seal(own, entry(n)))));
  const { vault, page } = visitor;
  await vault.open();
  const cdp = await page.context().newCDPSession(page);
  // Work, whatever else the machine does.
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  await vault.openWith(id);
  await expect(page.getByText("1000 entries")).toBeVisible();
  await expect(vault.rows.first().locator("[data-code]")).toHaveText(/\d/);
  const idle = await workPerSecond(cdp, page, 4);
  expect(idle, "milliseconds of work in a second").toBeLessThan(100);

  const search = page.getByLabel("Search");
  const typed = await work(cdp, () => search.pressSequentially("service 73", { delay: 100 }));
  await expect(vault.rows).toHaveCount(11);
  expect(typed / 10, "milliseconds of work for a letter").toBeLessThan(100);
  const app = new App(SECRET);
  expect([app.now(), app.next()]).toContain(await vault.code("Service 731"));
  expect(await workPerSecond(cdp, page, 2)).toBeLessThan(100);
  await search.fill("");
  await page.getByLabel("Order").selectOption("newest");
  await expect(vault.rows.first()).toContainText("Service 999");
  await vault.row("Service 0").filter({ hasText: "account 0" }).first().scrollIntoViewIfNeeded();
  expect([app.now(), app.next()]).toContain(await vault.code("Service 0"));
  test.info().annotations.push({ type: "ms of work a second, 1,000 entries", description: `${idle.toFixed(1)}; per letter of a search ${(typed / 10).toFixed(1)}` });
});

/** @returns something distinct but for its secret */
function entry(n: number) {
  const otp: Otp = { type: "totp", issuer: `Service ${n}`, account: `account ${n}`, secret: SECRET, algorithm: "SHA1", digits: 6, period: 30 };
  return { v: 2 as const, id: newUuid(), rev: 1, ...otp };
}

async function keep(request: APIRequestContext, hash: string, blobs: string[]) {
  const totps = blobs.map((enc_secret) => ({ enc_secret }));
  const answer = await request.post("/api/v1/vault/totps", { headers: { "x-user-hash": hash }, data: { totps } });
  expect(answer.status()).toBe(200);
}

/** All of a request that goes over the wire. */
async function written(request: Request): Promise<string> {
  const headers = Object.entries(await request.allHeaders()).map(([name, value]) => `${name}: ${value}`);
  return [request.method(), request.url(), ...headers, request.postDataBuffer()?.toString("latin1") ?? ""].join("\n");
}

/** Everything in some folders. */
async function contents(folders: string[]): Promise<string> {
  const texts: string[] = [];
  for (const folder of folders) {
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) texts.push((await readFile(join(file.parentPath, file.name))).toString("latin1"));
    }
  }
  expect(texts.join("").length).toBeGreaterThan(1000);
  return texts.join("\n");
}

/** Bytes as text, in hex, percent signs, base64 of both alphabets at every alignment, base32 and base58. */
function encodings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const base64 = [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), buffer]);
    // Without what the neighbours have a part in.
    return (["base64", "base64url"] as const).map((kind) => shifted.toString(kind).slice(shift === 0 ? 0 : 4).replace(/.?=*$/u, ""));
  });
  const percent = [...buffer].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  return [buffer.toString("latin1"), buffer.toString("hex"), percent, encodeURIComponent(buffer.toString()), base32.encode(bytes), base58.encode(bytes), ...base64];
}

async function spent(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

/** Milliseconds that the page worked meanwhile. */
async function work(cdp: CDPSession, act: () => Promise<unknown>): Promise<number> {
  const before = await spent(cdp);
  await act();
  return (await spent(cdp)) - before;
}

async function workPerSecond(cdp: CDPSession, page: import("@playwright/test").Page, seconds: number): Promise<number> {
  // Time has to pass: it is what is measured.
  return (await work(cdp, () => page.waitForTimeout(seconds * 1000))) / seconds;
}
