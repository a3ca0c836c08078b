// What all pages have in common: ways to them, the note on them, and the buttons.
import { type Locator, type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";

export class Leaf {
  readonly heading: Locator;
  /** What happened, then what to do. */
  readonly note: Locator;

  constructor(readonly page: Page, readonly watch: Watch, readonly path: string) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.note = page.locator(".note");
  }

  async open() {
    await this.arrives(() => this.page.goto(this.path));
  }

  async reload() {
    await this.arrives(() => this.page.reload());
  }

  async back() {
    await this.arrives(() => this.page.goBack());
  }

  async press(name: string | RegExp) {
    await this.arrives(() => this.page.getByRole("button", { name }).click());
  }

  async followLink(name: string | RegExp, within: Page | Locator = this.page) {
    await this.arrives(() => within.getByRole("link", { name, exact: true }).click());
  }

  async unfold(summary: string | RegExp) {
    await this.page.locator("summary").filter({ hasText: summary }).click();
  }

  /** More than the field lets a person type, as a program would send it. */
  async fillWhatever(field: Locator, text: string) {
    await field.evaluate((input) => input.removeAttribute("maxlength"));
    await field.fill(text);
  }

  async says(...parts: (string | RegExp)[]) {
    for (const part of parts) await expect(this.note).toContainText(part);
  }

  async isHeaded(heading: string | RegExp) {
    await expect(this.heading).toHaveText(heading);
  }

  /** Does what leads to another page, and waits until that is there and read. */
  async arrives(leave: () => Promise<unknown>) {
    const there = this.page.waitForEvent("load");
    await leave();
    await there;
    await this.watch.settled();
  }
}
