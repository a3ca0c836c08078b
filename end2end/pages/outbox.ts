import type { Page } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export class Outbox extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/outbox");
  }

  get letters() {
    return this.page.getByRole("article");
  }

  /** The API key in the newest letter. */
  async newestKey(): Promise<string> {
    const text = await this.letters.first().innerText();
    return text.match(/^[0-9a-f]{40}$/m)?.[0] ?? "";
  }

  /** The code in the newest letter. */
  async newestCode(): Promise<string> {
    const text = await this.letters.first().innerText();
    return text.match(/^(\d{6}|\d{8})$/m)?.[0] ?? "";
  }
}
