import type { Page } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export class Keep extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/account/keep");
  }

  get ticks() {
    return this.page.getByRole("group", { name: "Second factors to keep" }).getByRole("checkbox");
  }

  tick(name: string | RegExp) {
    return this.page.getByRole("checkbox", { name });
  }

  async keep() {
    await this.press("Make the account");
  }
}
