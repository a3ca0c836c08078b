// Pages of one act each, that an account's page leads to.
import type { Page } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export class RemoveFactor extends Leaf {
  async confirm() {
    await this.press("Remove it");
  }
}

export class EndSessions extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/account/sessions");
  }

  async confirm() {
    await this.press("End them");
  }
}

export class ChangeAddress extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/account/address");
  }

  get address() {
    return this.page.getByLabel("New mail address");
  }

  async askFor(address: string) {
    await this.address.fill(address);
    await this.press("Send the code");
  }

  async type(code: string) {
    await this.page.getByLabel("Code from the mail").fill(code);
    await this.press("Confirm");
  }
}

export class DeleteAccount extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/account/delete");
  }

  async type(address: string) {
    await this.page.getByLabel(/^Type .* to confirm$/).fill(address);
    await this.press("Delete it for good");
  }
}
