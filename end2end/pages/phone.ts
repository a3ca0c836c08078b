import type { Page } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export class Phone extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/phone");
  }

  get entries() {
    return this.page.getByRole("list", { name: "Entries" }).getByRole("listitem");
  }

  async scan() {
    await this.press("Scan the code on the authenticator page");
  }

  async scanToken() {
    await this.press("Scan the code on the counter token page");
  }

  async shownCode(): Promise<string> {
    return this.entries.first().locator(".digits").innerText();
  }

  /** The entry that counts. */
  get token() {
    return this.entries.filter({ hasText: "HOTP" });
  }

  async tokenCode(): Promise<string> {
    return this.token.locator(".digits").innerText();
  }

  /** The code after so many presses. */
  async pressToken(times = 1): Promise<string> {
    await this.open();
    for (let press = 0; press < times; press++) {
      await this.arrives(() => this.token.getByRole("button", { name: /^Make the next code/ }).click());
    }
    return this.tokenCode();
  }
}
