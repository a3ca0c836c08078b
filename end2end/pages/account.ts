import { type Locator, type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

type Part = "Factors" | "Recovery codes" | "Sessions" | "Activity" | "Your data";

export class Account extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/account");
  }

  part(name: Part): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  get factors() {
    return this.part("Factors").locator("li.row");
  }

  factor(name: string) {
    return this.factors.filter({ has: this.page.getByRole("heading", { name, exact: true }) });
  }

  /** This one first. */
  get sessions() {
    return this.part("Sessions").getByRole("listitem");
  }

  get events() {
    return this.part("Activity").getByRole("listitem");
  }

  get offer() {
    return this.page.locator(".offer");
  }

  fact(name: string) {
    return this.page.locator(".facts div").filter({ has: this.page.getByText(name, { exact: true }) }).locator("dd");
  }

  async isOf(address: string) {
    await this.isHeaded("Your account");
    await expect(this.fact("Mail address")).toHaveText(address);
  }

  async isAt(level: number, meaning: string) {
    await expect(this.fact("This session")).toContainText(`Level ${level} of 3: ${meaning}.`);
  }

  async rename(name: string, to: string) {
    const row = this.factor(name);
    if (!(await row.getByLabel("New name").isVisible())) await row.locator("summary").click();
    await this.fillWhatever(row.getByLabel("New name"), to);
    await this.arrives(() => row.getByRole("button", { name: /^Save the name/ }).click());
  }

  /** To the page that says what it means. */
  async removes(name: string) {
    const row = this.factor(name);
    await row.locator("summary").click();
    await this.arrives(() => row.getByRole("link", { name: `Remove it: ${name}` }).click());
  }

  async getCodes() {
    await this.arrives(() => this.page.getByRole("button", { name: "Get recovery codes" }).first().click());
  }

  async renewCodes() {
    const button = this.page.getByRole("button", { name: "Get 10 new ones" });
    if (!(await button.isVisible())) await this.part("Recovery codes").locator("summary").click();
    await this.arrives(() => button.click());
  }

  async endSession(nth: number) {
    await this.arrives(() => this.sessions.nth(nth).getByRole("button", { name: /^End it/ }).click());
  }

  /** On a phone the button is folded away. */
  async signOut() {
    const button = this.page.getByRole("button", { name: "Sign out" });
    if ((await button.count()) === 0) await this.unfold("Menu");
    await this.arrives(() => button.first().click());
  }
}
