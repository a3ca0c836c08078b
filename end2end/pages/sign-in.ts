import { type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";
import { Challenge } from "./challenge.ts";

export class SignIn extends Leaf {
  readonly second: Challenge;

  constructor(page: Page, watch: Watch) {
    super(page, watch, "/sign-in");
    this.second = new Challenge(page, watch, "/sign-in");
  }

  get address() {
    return this.page.getByLabel("Mail address");
  }

  get code() {
    return this.page.getByLabel("Code from the mail");
  }

  async askFor(address: string) {
    await this.address.fill(address);
    await this.press("Send the code");
  }

  async type(code: string) {
    await this.code.fill(code);
    await this.press("Confirm");
  }

  async resend() {
    await this.press("Send a new code");
  }

  async useAnotherAddress() {
    await this.press("Use another address");
  }

  /** Gives up at the second factor. */
  async startOver() {
    await this.press("Start over");
  }

  async asksForSecondFactor() {
    await expect(this.heading).toHaveText("One more step");
  }
}
