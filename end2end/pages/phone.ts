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

  async shownCode(): Promise<string> {
    return this.entries.first().locator(".digits").innerText();
  }
}
