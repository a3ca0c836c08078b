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

  /** The code in the newest letter. */
  async newestCode(): Promise<string> {
    const text = await this.letters.first().innerText();
    return text.match(/^(\d{6}|\d{8})$/m)?.[0] ?? "";
  }
}
