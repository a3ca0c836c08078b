import { type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export class Hotp extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/hotp");
  }

  get code() {
    return this.page.getByLabel("Code from the app");
  }

  /** Takes what is preselected, or another first counter and look-ahead under "Advanced". */
  async choose(counter?: string, lookAhead = "10") {
    if (counter !== undefined) {
      if (!(await this.page.getByLabel("First counter").isVisible())) await this.unfold("Advanced");
      await this.fillWhatever(this.page.getByLabel("First counter"), counter);
      await this.page.getByLabel("Look-ahead").fill(lookAhead);
    }
    await this.press("Show the QR code");
  }

  /** The key as a person would type it over. */
  async key(): Promise<string> {
    return ((await this.page.locator("#key").textContent()) ?? "").trim();
  }

  async link(): Promise<string> {
    return (await this.page.getByRole("link", { name: "open in an app" }).getAttribute("href")) ?? "";
  }

  async type(code: string) {
    await this.code.fill(code);
    await this.press(/^(Confirm|Verify)$/);
  }

  async catchUp(first: string, second: string) {
    if (!(await this.page.getByLabel("First code").isVisible())) await this.unfold("Out of step?");
    await this.page.getByLabel("First code").fill(first);
    await this.page.getByLabel("The code after it").fill(second);
    await this.press("Catch up");
  }

  async remove() {
    await this.unfold("Remove it");
    await this.press("Remove the counter token");
  }

  async isPaired() {
    await expect(this.heading).toHaveText("The counter token is paired");
  }

  async expects(counter: number) {
    const fact = this.page.locator(".facts div").filter({ has: this.page.getByText("Next counter", { exact: true }) });
    await expect(fact.locator("dd")).toHaveText(String(counter));
  }
}
