// API keys: the list with its two steps, the page of a secret, and the pages of one act each.
import { type Locator, type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export interface Pair {
  key: string;
  secret: string;
}

export class Clients extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/clients");
  }

  get address() {
    return this.page.getByLabel("Mail address");
  }

  get code() {
    return this.page.getByLabel("Code from the mail");
  }

  get key() {
    return this.page.getByLabel("Key from the mail");
  }

  get rows() {
    return this.page.locator("li.row");
  }

  /** Newest last. */
  row(key: string): Locator {
    return this.rows.filter({ has: this.page.getByRole("heading", { name: key.slice(0, 8) }) });
  }

  async askFor(address: string) {
    await this.address.fill(address);
    await this.press("Send the code");
  }

  async type(code: string) {
    await this.code.fill(code);
    await this.press("Confirm");
  }

  async activate(key: string) {
    await this.key.fill(key);
    await this.press("Activate it and show the secret");
  }

  async isIn(key: string, state: string) {
    await expect(this.row(key).locator(".badge")).toHaveText(state);
  }

  /** To the page that says what it means. */
  async disables(key: string) {
    const row = this.row(key);
    await row.locator("summary").click();
    await this.arrives(() => row.getByRole("link", { name: /^Disable it/ }).click());
  }
}

/** Has no path of its own: it is the answer to the form that activates. */
export class ClientSecret extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/forms/clients/activate");
  }

  get secret() {
    return this.page.getByRole("group", { name: "API secret" });
  }

  get key() {
    return this.page.getByRole("group", { name: "API key" });
  }

  get example() {
    return this.page.locator("pre");
  }

  async pair(): Promise<Pair> {
    return { key: await this.key.innerText(), secret: await this.secret.innerText() };
  }

  async hasBeenKept() {
    await this.followLink("I have kept it");
  }
}

export class DisableClient extends Leaf {
  get code() {
    return this.page.getByLabel("Code from the mail");
  }

  async confirm() {
    await this.press("Disable this key for good");
  }
}

export class DisableBySecret extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/clients/disable-by-secret");
  }

  async disable({ key, secret }: Pair) {
    await this.page.getByLabel("API key").fill(key);
    await this.page.getByLabel("API secret").fill(secret);
    await this.press("Disable this key for good");
  }
}

export class RotateClient extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/clients/rotate");
  }

  async rotate(old: Pair, fresh: Pair) {
    await this.page.getByLabel("Old API key").fill(old.key);
    await this.page.getByLabel("Old API secret").fill(old.secret);
    await this.page.getByLabel("New API key").fill(fresh.key);
    await this.page.getByLabel("New API secret").fill(fresh.secret);
    await this.press("Move everything");
  }
}
