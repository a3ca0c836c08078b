// The vault: closed, just made, open; the list in it and the dialog of one entry.
import { type Locator, type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export interface Typed {
  key: string;
  issuer?: string;
  account?: string;
  type?: "totp" | "hotp";
  algorithm?: "SHA1" | "SHA256" | "SHA512";
  digits?: number;
  period?: number;
  counter?: number;
  old?: boolean;
}

export class VaultPage extends Leaf {
  readonly says_: Locator;
  readonly rows: Locator;
  readonly dialog: Locator;

  constructor(page: Page, watch: Watch) {
    super(page, watch, "/vault");
    this.says_ = page.locator("[data-says] .note");
    this.rows = page.locator("li.vault-row:visible");
    this.dialog = page.getByRole("dialog");
  }

  row(name: string): Locator {
    return this.page.locator("li.vault-row").filter({ has: this.page.locator("[data-name]", { hasText: name }) });
  }

  /** As it is typed, without the space between. */
  async code(name: string): Promise<string> {
    const button = this.row(name).locator("[data-code]");
    // Codes are made of what is in sight.
    await this.row(name).scrollIntoViewIfNeeded();
    await expect(button).toBeVisible();
    // Of rows that are not yet painted nothing else is told.
    return ((await button.textContent()) ?? "").replace(/\s/gu, "");
  }

  /** Presses a button that does something on the page. */
  async do(name: string | RegExp, within: Page | Locator = this.page) {
    await within.getByRole("button", { name, exact: true }).click();
  }

  async told(...parts: (string | RegExp)[]) {
    for (const part of parts) await expect(this.says_).toContainText(part);
  }

  /** A new vault, from the closed page; its ID. */
  async make(): Promise<string> {
    await this.do("Make a new vault");
    const id = await this.page.getByRole("group", { name: "Vault ID" }).innerText();
    await this.do("I have saved it");
    await this.isOpen();
    return id;
  }

  async openWith(id: string) {
    await this.page.getByRole("textbox", { name: "Vault ID" }).fill(id);
    await this.do("Open");
  }

  async isOpen() {
    await expect(this.page.getByRole("button", { name: "Close the vault" })).toBeVisible();
  }

  async unfoldAdding() {
    const details = this.page.locator("details[data-add]");
    if ((await details.getAttribute("open")) === null) await details.locator("summary").first().click();
    return details;
  }

  async add({ key, issuer, account, type, algorithm, digits, period, counter, old }: Typed) {
    const form = await this.unfoldAdding();
    await form.getByLabel("Key, or otpauth address").fill(key);
    if (issuer !== undefined) await form.getByLabel("Service").fill(issuer);
    if (account !== undefined) await form.getByLabel("Account").fill(account);
    const other = { type, algorithm, digits, period, counter };
    const settings = form.locator("details");
    if (Object.values(other).some((it) => it !== undefined) && (await settings.getAttribute("open")) === null) {
      await settings.locator("summary").click();
    }
    if (type) await form.getByLabel("Codes change").selectOption(type);
    if (algorithm) await form.getByLabel("Algorithm").selectOption(algorithm);
    if (digits) await form.getByLabel("Digits").selectOption(String(digits));
    if (period !== undefined) await form.getByLabel("Seconds").fill(String(period));
    if (counter !== undefined) await form.getByLabel("Counter").fill(String(counter));
    if (old) await form.getByLabel(/^In the format of the open2fa program/).check();
    await this.do("Add it");
  }

  async edit(name: string) {
    await this.do(`Edit ${name}`);
    await expect(this.dialog).toBeVisible();
  }

  async bringIn(lines: string) {
    await this.unfold("Bring in, take out");
    await this.page.getByLabel("otpauth addresses").fill(lines);
    await this.do("Bring them in");
  }

  /** The lines that leave the vault. */
  async takeOut(): Promise<string[]> {
    await this.do("Show all keys");
    return this.page.locator("#out [data-line]").allInnerTexts();
  }
}
