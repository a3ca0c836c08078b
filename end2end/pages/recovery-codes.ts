import type { Page } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

/** Has no path of its own: it is the answer to the form that makes the codes. */
export class RecoveryCodes extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/forms/account/recovery-codes");
  }

  get list() {
    return this.page.getByRole("list", { name: "Codes" }).getByRole("listitem");
  }

  async codes(): Promise<string[]> {
    return (await this.list.allInnerTexts()).map((code) => code.trim());
  }

  async haveBeenKept() {
    // New ones that replace others are activated by a form.
    const replaces = await this.page.getByRole("button", { name: "I have saved them" }).count();
    await (replaces ? this.press("I have saved them") : this.followLink("I have saved them"));
  }
}
