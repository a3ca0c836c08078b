// A second factor that is asked for, in sign-in and in step-up: one way in the middle, the others below.
import type { Locator } from "@playwright/test";
import { Leaf } from "./leaf.ts";

export type Way = "Security key" | "Authenticator app" | "Counter token" | "Recovery code" | "Email code";

export class Challenge extends Leaf {
  get code() {
    return this.page.getByLabel(/^(Code from the app|Next code from the token|Recovery code|Code from the mail)$/);
  }

  /** The one that is asked for. */
  get middle(): Locator {
    return this.page.locator(".challenge").getByRole("heading", { level: 2 });
  }

  get others(): Locator {
    return this.page.getByRole("region", { name: "Another way" }).getByRole("listitem");
  }

  async takes(way: Way) {
    await this.arrives(() => this.others.getByRole("link", { name: new RegExp(`^${way}`) }).click());
  }

  async type(code: string) {
    await this.code.fill(code);
    await this.press(/^(Go on|Confirm)$/);
  }

  async touch() {
    await this.press("Use the security key");
  }

  async touchInVain() {
    await this.page.getByRole("button", { name: "Use the security key" }).click();
  }
}
