// The vault: made, filled, opened elsewhere; what is typed, read from pictures, changed by two at once, and taken out.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, USUAL, tokenCode } from "../outside/app.ts";
import { Open2fa } from "../outside/open2fa.ts";
import { expect, test } from "../outside/test.ts";

const KEY = "JBSWY3DPEHPK3PXP";
const OTHER = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

test("a vault is made, filled and opened in another browser by its ID, which is shown once", async ({ visitor, newVisitor }) => {
  const { vault, overview, page } = visitor;
  await overview.open();
  await overview.followLink("Vault", page.getByRole("navigation").first());
  await vault.isHeaded("Your vault");
  const id = await vault.make();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  await expect(page.locator("body")).not.toContainText(id);
  await vault.add({ key: "jbsw y3dp ehpk 3pxp", issuer: "GitHub", account: "ada" });
  await vault.told("Added.", "1 new");
  await vault.add({ key: `otpauth://totp/Registrar:ada?secret=${OTHER}&issuer=Registrar&algorithm=SHA256&digits=8&period=60` });
  const codes = async ({ vault }: typeof visitor) => {
    const [github, registrar] = [new App(KEY), new App(OTHER, { algorithm: "SHA256", digits: 8, period: 60 })];
    await expect(async () => {
      expect([await vault.code("GitHub"), await vault.code("Registrar")]).toEqual([github.now(), registrar.now()]);
    }).toPass();
  };
  await codes(visitor);
  await vault.reload();
  await vault.isOpen();
  await codes(visitor);

  const other = await newVisitor();
  await other.vault.open();
  await other.vault.openWith(id.toUpperCase().replaceAll("-", ""));
  await other.vault.isOpen();
  await codes(other);
  await other.vault.do("Close the vault");
  await expect(other.vault.rows).toHaveCount(0);
  await expect(other.page.getByRole("textbox", { name: "Vault ID" })).toBeFocused();
  await other.vault.reload();
  await expect(other.page.getByRole("button", { name: "Make a new vault" })).toBeVisible();
});

test("a code is copied, and the one after it is shown before it ends", async ({ visitor }) => {
  const { vault, page } = visitor;
  await vault.open();
  await vault.make();
  await vault.add({ key: KEY, issuer: "GitHub", account: "ada", period: 15 });
  await vault.do(/^Copy the code/);
  await vault.told("Copied.", "GitHub");
  const fifteen = new App(KEY, { ...USUAL, period: 15 });
  const field = (await vault.unfoldAdding()).getByLabel("Key, or otpauth address");
  await field.focus();
  await page.keyboard.press("ControlOrMeta+v");
  const copied = await field.inputValue();
  expect([fifteen.ahead(-15), fifteen.now(), fifteen.next()]).toContain(copied);
  const next = vault.row("GitHub").locator("[data-next-code]");
  await expect(next).toHaveText(/^then \d{3}\s\d{3}$/, { timeout: 16_000 });
  const said = (await next.innerText()).replace(/\D/gu, "");
  expect([fifteen.now(), fifteen.next()]).toContain(said);
});

test("where the device's clock is wrong the page says so, and shows the right codes @in-browser", async ({ visitor }) => {
  const { vault, page } = visitor;
  await page.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 130_000;
  });
  await vault.open();
  await vault.make();
  await vault.told("This device’s clock is 3 minutes ahead.");
  await vault.add({ key: KEY, issuer: "GitHub" });
  const github = new App(KEY);
  await expect(async () => expect(await vault.code("GitHub")).toBe(github.now())).toPass();
});

test("what was searched for in one vault hides nothing in the next one @in-browser", async ({ visitor }) => {
  const { vault, page } = visitor;
  await vault.open();
  await vault.make();
  await vault.bringIn(["A", "B"].map((name) => `otpauth://totp/${name}:ada?secret=${KEY}${name}A======&issuer=${name}`).join("\n"));
  await vault.told("2 new");
  await page.getByLabel("Search").fill("nothing");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await vault.do("Close the vault");
  await vault.make();
  await vault.add({ key: KEY, issuer: "GitHub" });
  await expect(vault.rows).toHaveCount(1);
});

test("an entry is edited, deleted and brought back, and what another device did meanwhile is not overwritten @in-browser", async ({ visitor, newVisitor }) => {
  const { vault } = visitor;
  await vault.open();
  const id = await vault.make();
  await vault.add({ key: KEY, issuer: "GitHub", account: "ada" });
  const other = await newVisitor();
  await other.vault.open();
  await other.vault.openWith(id);
  await expect(other.vault.row("GitHub")).toBeVisible();

  await vault.edit("GitHub");
  await vault.dialog.getByLabel("Service").fill("Forge");
  await vault.do("Save", vault.dialog);
  await vault.told("Saved.");
  await expect(vault.row("Forge")).toBeVisible();

  await other.vault.edit("GitHub");
  await other.vault.dialog.getByLabel("Service").fill("Mine");
  await other.vault.do("Save", other.vault.dialog);
  await other.vault.told("Changed elsewhere.");
  await expect(other.vault.dialog.getByLabel("Service")).toHaveValue("Forge");
  await other.vault.dialog.getByLabel("Service").fill("Mine");
  await other.vault.do("Save", other.vault.dialog);
  await other.vault.told("Saved.");
  await expect(other.vault.row("Mine")).toBeVisible();
  await vault.do("Look for changes");
  await expect(vault.row("Mine")).toBeVisible();

  await vault.edit("Mine");
  await vault.do("Delete", vault.dialog);
  await vault.told("Deleted.", "Mine is gone.");
  await expect(vault.rows).toHaveCount(0);
  await vault.do("Undo");
  await vault.told("Back again.");
  await expect(vault.row("Mine")).toBeVisible();
  expect(await vault.code("Mine")).toMatch(/^\d{6}$/);
  await other.vault.do("Look for changes");
  await expect(other.vault.row("Mine")).toBeVisible();
});

test("two browsers press for the codes of one token at random, and never get the same one @in-browser", async ({ visitor, newVisitor }) => {
  await visitor.vault.open();
  const id = await visitor.vault.make();
  await visitor.vault.add({ key: OTHER, issuer: "Token", type: "hotp", counter: 0 });
  const other = await newVisitor();
  await other.vault.open();
  await other.vault.openWith(id);
  const presses = async ({ vault }: typeof visitor, times: number) => {
    const got: string[] = [];
    const shown = vault.row("Token").locator("[data-code]");
    for (let n = 0; n < times; n += 1) {
      const before = await shown.textContent();
      await vault.do("Next code of Token");
      await expect(shown).not.toHaveText(before ?? "");
      got.push(await vault.code("Token"));
    }
    return got;
  };
  const mine = 5 + Math.floor(Math.random() * 11);
  const both = await Promise.all([presses(visitor, mine), presses(other, 20 - mine)]);
  const expected = [...Array(20).keys()].map((counter) => tokenCode(OTHER, counter));
  expect(both.flat().sort()).toEqual(expected.sort());
});

test("a QR code is read from a picture, a screenshot of an enrolment, and what is pasted @in-browser", async ({ visitor }) => {
  const { vault, totp, page } = visitor;
  await visitor.provesAddress();
  await totp.open();
  await totp.choose();
  const enrolled = (await totp.key()).replaceAll(" ", "");
  const screenshot = await page.screenshot({ fullPage: true });
  await vault.open();
  await vault.make();
  const form = await vault.unfoldAdding();
  const picture = form.getByLabel("Read a picture of a QR code");
  await picture.setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: screenshot });
  await vault.told("Read.");
  await expect(form.getByLabel("Key, or otpauth address")).toHaveValue(enrolled);
  await expect(form.getByLabel("Account")).toHaveValue("ada@example.org");
  await vault.do("Add it");
  await vault.told("Added.");
  expect([new App(enrolled).now(), new App(enrolled).next()]).toContain(await vault.code("Postern"));

  const uri = `otpauth://totp/ACME%20Co:john@example.com?secret=${OTHER}&issuer=ACME%20Co&algorithm=SHA1&digits=8&period=30`;
  await picture.setInputFiles({ name: "code.png", mimeType: "image/png", buffer: qrencode(uri) });
  await expect(form.getByLabel("Service")).toHaveValue("ACME Co");
  await vault.do("Add it");
  await expect(vault.row("ACME Co")).toBeVisible();

  await pastes(page, qrencode(`otpauth://hotp/Bank:1815?secret=${KEY}&issuer=Bank&counter=41`));
  await expect(form.getByLabel("Service")).toHaveValue("Bank");
  await vault.do("Add it");
  await vault.do("Next code of Bank");
  expect(await vault.code("Bank")).toBe(tokenCode(KEY, 41));

  await pastes(page, qrencode("https://example.org/"));
  await vault.told("That QR code is of something else.");
  await pastes(page, await page.screenshot());
  await vault.told("No QR code was found.");
  await picture.setInputFiles({ name: "not.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await vault.told("No QR code was found.");
});

test("a list is brought in whole or not at all, and what is taken out is the same again @in-browser", async ({ visitor, newVisitor }) => {
  const { vault, page } = visitor;
  await vault.open();
  await vault.make();
  const lines = [
    `otpauth://totp/A:one?secret=${KEY}&issuer=A&algorithm=SHA1&digits=6&period=30`,
    `otpauth://totp/B:two?secret=${OTHER}&issuer=B&algorithm=SHA512&digits=7&period=45`,
    `otpauth://hotp/C:three?secret=${OTHER}&issuer=C&algorithm=SHA1&digits=6&counter=7`,
  ];
  await vault.bringIn([...lines, "otpauth://totp/D?secret=1", "nonsense"].join("\n"));
  await vault.told("Some lines were not understood.", "Lines 4, 5.");
  await expect(vault.rows).toHaveCount(0);
  await page.getByLabel("otpauth addresses").fill(["", "# mine", ...lines].join("\r\n"));
  await vault.do("Bring them in");
  await vault.told("Added.", "3 new");
  await page.getByLabel("Read a file").setInputFiles({ name: "all.txt", mimeType: "text/plain", buffer: Buffer.from(lines.join("\n")) });
  await vault.do("Bring them in");
  await vault.told("Nothing new.");
  expect(await vault.takeOut()).toEqual(lines);
  const download = page.waitForEvent("download");
  await vault.do("Download", page.locator("[data-out]"));
  const file = readFileSync(await (await download).path(), "utf8");
  expect(file.trim().split("\r\n")).toEqual(lines);
  await vault.do("Hide them");
  await expect(page.locator("#out")).toBeEmpty();

  const elsewhere = await newVisitor();
  await elsewhere.vault.open();
  await elsewhere.vault.make();
  await elsewhere.vault.bringIn(file);
  await elsewhere.vault.told("3 new");
  expect(await elsewhere.vault.takeOut()).toEqual(lines);
});

test("what does not fit is told, and nothing typed is lost @in-browser", async ({ visitor }) => {
  const { vault, page } = visitor;
  await vault.open();
  await vault.openWith("not an id");
  await vault.told("That is no vault ID.");
  await expect(page.getByRole("textbox", { name: "Vault ID" })).toHaveValue("not an id");
  await vault.openWith("8f14e45f-ceea-467f-a0e6-8f14e45fceea");
  await vault.told("Nothing is kept under this ID.");
  const form = await vault.unfoldAdding();
  await vault.add({ key: "not base 32!", issuer: "Here" });
  await vault.told("That is no key.");
  await expect(form.getByLabel("Service")).toHaveValue("Here");
  await vault.add({ key: "otpauth://other/x?secret=AAAA" });
  await vault.told("That is no otpauth address.");
  await vault.add({ key: "otpauth-migration://offline?data=CiEKCkhlbGxvId6tvu8" });
  await vault.told("That is what Google Authenticator exports.");
  await form.getByLabel("Key, or otpauth address").fill(KEY);
  await form.getByText("Other settings").click();
  await form.getByLabel("Seconds").fill("7");
  await vault.do("Add it");
  await vault.told("A setting does not fit.");
  await form.getByLabel("Seconds").fill("60");
  await form.getByLabel(/^In the format of the open2fa program/).check();
  await vault.do("Add it");
  await vault.told("The open2fa program cannot keep that.");
  await expect(vault.rows).toHaveCount(0);
  await form.getByLabel(/^In the format of the open2fa program/).uncheck();
  await vault.do("Add it");
  await expect(vault.row("Here")).toBeVisible();
});

test("without scripts the page says why the vault needs them", async ({ newVisitor }) => {
  const { vault, page } = await newVisitor({ javaScriptEnabled: false });
  await vault.open();
  await expect(page.locator("noscript .note-title")).toHaveText("The vault needs scripts");
  await expect(page.locator("form, button, input").locator("visible=true")).toHaveCount(0);
});

/** A picture of a QR code, by the program of that name. */
function qrencode(text: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "postern-qr-"));
  try {
    const file = join(folder, "code.png");
    execFileSync("qrencode", ["-o", file, text]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As a browser does with a screenshot that was copied. */
async function pastes(page: import("@playwright/test").Page, png: Buffer) {
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, png.toString("base64"));
}

test("what the open2fa program pushed is read here, and what is added in its format it pulls @in-browser", async ({ visitor, portal }) => {
  const { vault, page } = visitor;
  await vault.open();
  const id = await vault.make();
  await vault.add({ key: OTHER, issuer: "Sealed", account: "ada" });
  await vault.told("Added.");
  const [laptop, phone] = [new Open2fa(portal.origin, id), new Open2fa(portal.origin, id)];
  try {
    laptop.run("remote", "init");
    laptop.run("add", KEY, "Shop");
    expect(laptop.run("remote", "push")).toContain("Pushed 1 secret(s)");
    await vault.do("Look for changes");
    await expect(vault.rows).toHaveCount(2);
    await expect(vault.row("Shop").getByText("open2fa")).toBeVisible();
    await expect(page.getByText("Some entries are in the open2fa program’s format.")).toBeVisible();
    const shop = new App(KEY);
    expect([shop.now(), shop.next()]).toContain(await vault.code("Shop"));

    await vault.add({ key: "MFRGGZDFMZTWQ2LK", account: "Game", old: true });
    await vault.told("Added.");
    phone.run("remote", "init");
    phone.run("remote", "pull");
    expect(phone.list()).toEqual({ Shop: KEY, Game: "MFRGGZDFMZTWQ2LK" });

    await vault.edit("Shop");
    await vault.do("Convert", vault.dialog);
    await vault.told("Converted.");
    await expect(vault.row("Shop").getByText("open2fa")).toBeHidden();
    expect([shop.now(), shop.next()]).toContain(await vault.code("Shop"));
    expect(laptop.list("remote")).toEqual({ Game: "MFRGGZDFMZTWQ2LK" });
    await vault.do("Keep them so");
    await expect(page.getByText("Some entries are in the open2fa")).toBeHidden();
    expect(phone.run("remote", "delete", "MFRGGZDFMZTWQ2LK")).toContain("Deleted 1 secret(s)");
    await vault.do("Look for changes");
    await expect(vault.row("Game")).toHaveCount(0);
    await expect(vault.rows).toHaveCount(2);
  } finally {
    laptop.end();
    phone.end();
  }
});
