import { type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

const REGISTER = "Register a key";
const TRY = /^(Try it now|Verify with a key)$/;

export class SecurityKeys extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/security-keys");
  }

  get name() {
    return this.page.getByLabel("Name of the key");
  }

  get withoutPasskey() {
    return this.page.getByLabel(/^Without a passkey/);
  }

  get keys() {
    return this.page.getByRole("list", { name: "Registered keys" }).getByRole("listitem");
  }

  /** Registers whatever is plugged in. */
  async register(name?: string) {
    await this.unfoldNew();
    if (name !== undefined) await this.fillWhatever(this.name, name);
    await this.press(REGISTER);
  }

  async try() {
    await this.press(TRY);
  }

  /** As far as the browser, which says no: the page stays. */
  async registerInVain() {
    await this.unfoldNew();
    await this.page.getByRole("button", { name: REGISTER }).click();
    await expect(this.note).not.toContainText("Your browser asks for the key.");
  }

  async tryInVain() {
    await this.page.getByRole("button", { name: TRY }).click();
    await expect(this.note).not.toContainText("Your browser asks for the key.");
  }

  /** Stops where the portal has been asked and the browser has not; what is answered goes on from there. */
  async holdsAfterAsking(what: "register" | "try"): Promise<() => Promise<void>> {
    const pattern = "**/api/v1/security-keys/*";
    let release = () => {};
    const asked = new Promise<void>((said) => {
      void this.page.route(pattern, async (route) => {
        const response = await route.fetch();
        said();
        await new Promise<void>((go) => {
          release = go;
        });
        await route.fulfill({ response });
      });
    });
    await this.page.getByRole("button", { name: what === "register" ? REGISTER : TRY }).click();
    await asked;
    return async () => {
      await this.page.bringToFront();
      await this.arrives(async () => release());
      await this.page.unroute(pattern);
    };
  }

  async rename(key: string, name: string) {
    const card = this.keys.filter({ has: this.page.getByRole("heading", { name: key, exact: true }) });
    if (!(await card.getByLabel("New name").isVisible())) await card.locator("summary", { hasText: "Rename it" }).click();
    await this.fillWhatever(card.getByLabel("New name"), name);
    await this.arrives(() => card.getByRole("button", { name: /^Save the name/ }).click());
  }

  async remove(key: string) {
    const card = this.keys.filter({ has: this.page.getByRole("heading", { name: key, exact: true }) });
    await card.locator("summary", { hasText: "Remove it" }).click();
    await this.arrives(() => card.getByRole("button", { name: /^Remove the key/ }).click());
  }

  fact(name: string) {
    return this.page.locator(".facts div").filter({ has: this.page.getByText(name, { exact: true }) }).locator("dd");
  }

  private async unfoldNew() {
    if (!(await this.name.isVisible())) await this.unfold("Register another key");
  }
}
