import { type Page, expect } from "@playwright/test";
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
  newestKey(): Promise<string> {
    return this.inTheNewest(/^[0-9a-f]{40}$/m);
  }

  /** The code in the newest letter. */
  newestCode(): Promise<string> {
    return this.inTheNewest(/^(\d{6}|\d{8})$/m);
  }

  /** Letters go through a queue: one may come a moment after the page that was opened for it. */
  private async inTheNewest(what: RegExp): Promise<string> {
    const look = async () => {
      const [newest = ""] = await this.letters.allInnerTexts();
      return what.exec(newest)?.[0] ?? "";
    };
    await expect(async () => {
      if (!(await look())) await this.reload();
      expect(await look()).not.toBe("");
    }).toPass({ timeout: 10_000 });
    return look();
  }
}
