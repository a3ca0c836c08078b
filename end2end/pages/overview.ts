import { type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

type Door = "Email code" | "Authenticator app" | "Counter token" | "Security key";

export class Overview extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/");
  }

  door(name: Door) {
    return this.page.getByRole("list", { name: "Doors" }).getByRole("listitem").filter({ has: this.page.getByRole("heading", { name }) });
  }

  async isAt(level: number, meaning: string) {
    await expect(this.page.getByRole("region", { name: "Your session" })).toContainText(`Level ${level} of 3: ${meaning}.`);
  }

  async leadsOnTo(name: string) {
    await this.followLink(name);
  }

  get protection() {
    return this.page.getByRole("region", { name: "What each of them is good for" });
  }

  async startOver() {
    await this.press("Start over");
  }

  async endSession() {
    await this.press("End this session");
  }
}
