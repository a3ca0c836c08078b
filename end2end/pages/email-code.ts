import type { Page } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export class EmailCode extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/email-code");
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
}
