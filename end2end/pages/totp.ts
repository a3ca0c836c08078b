import { type Page, expect } from "@playwright/test";
import { type Setting, USUAL } from "../outside/app.ts";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export class Totp extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/totp");
  }

  get code() {
    return this.page.getByLabel("Code from the app");
  }

  get qr() {
    return this.page.getByRole("img", { name: /^QR code/ });
  }

  get shownKey() {
    return this.page.locator("#key");
  }

  /** Takes the setting that is preselected, or another one under "Advanced". */
  async choose(setting: Setting = USUAL) {
    if (setting !== USUAL) {
      const { algorithm, digits, period } = setting;
      if (!(await this.page.getByLabel("Seconds between codes").isVisible())) await this.unfold("Advanced");
      await this.page.getByLabel(algorithm, { exact: true }).check({ force: true });
      await this.page.getByLabel(String(digits), { exact: true }).check({ force: true });
      await this.page.getByLabel("Seconds between codes").fill(String(period));
    }
    await this.press("Show the QR code");
  }

  /** The key as a person would type it over. */
  async key(): Promise<string> {
    return ((await this.shownKey.textContent()) ?? "").trim();
  }

  async link(): Promise<string> {
    return (await this.page.getByRole("link", { name: "open in an app" }).getAttribute("href")) ?? "";
  }

  async type(code: string) {
    await this.code.fill(code);
    await this.press(/^(Confirm|Verify)$/);
  }

  async startOver() {
    await this.unfold("Another setting, or start over");
    await this.press("Start over");
  }

  async rename(name: string) {
    if (!(await this.page.getByLabel("New name").isVisible())) await this.unfold("Rename it");
    await this.fillWhatever(this.page.getByLabel("New name"), name);
    await this.press("Save the name");
  }

  async remove() {
    await this.unfold("Remove it");
    await this.press("Remove the authenticator app");
  }

  async isPaired() {
    await expect(this.heading).toHaveText("The authenticator app is paired");
  }

  fact(name: string) {
    return this.page.locator(".facts div").filter({ has: this.page.getByText(name, { exact: true }) }).locator("dd");
  }
}
