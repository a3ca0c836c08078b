// A person with a browser, and the pages they can be on.
import type { Page } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { EmailCode } from "./email-code.ts";
import { Hotp } from "./hotp.ts";
import { Leaf } from "./leaf.ts";
import { Outbox } from "./outbox.ts";
import { Overview } from "./overview.ts";
import { Phone } from "./phone.ts";
import { SecurityKeys } from "./security-keys.ts";
import { Totp } from "./totp.ts";

export class Visitor {
  readonly overview: Overview;
  readonly emailCode: EmailCode;
  readonly totp: Totp;
  readonly hotp: Hotp;
  readonly securityKeys: SecurityKeys;
  readonly outbox: Outbox;
  readonly phone: Phone;

  constructor(readonly page: Page, readonly watch: Watch) {
    this.overview = new Overview(page, watch);
    this.emailCode = new EmailCode(page, watch);
    this.totp = new Totp(page, watch);
    this.hotp = new Hotp(page, watch);
    this.securityKeys = new SecurityKeys(page, watch);
    this.outbox = new Outbox(page, watch);
    this.phone = new Phone(page, watch);
  }

  /** Any other page, by its path. */
  at(path: string): Leaf {
    return new Leaf(this.page, this.watch, path);
  }

  /** The same person in another tab. */
  async inAnotherTab(): Promise<Visitor> {
    return new Visitor(await this.page.context().newPage(), this.watch);
  }

  /** Asks for a code and reads it in the demo's outbox; ends where it is to be typed. */
  async asksForCode(address = "ada@example.org"): Promise<string> {
    await this.emailCode.open();
    await this.emailCode.askFor(address);
    return this.readsCode();
  }

  async readsCode(): Promise<string> {
    await this.outbox.open();
    const code = await this.outbox.newestCode();
    await this.emailCode.open();
    return code;
  }

  async provesAddress(address?: string) {
    const code = await this.asksForCode(address);
    await this.emailCode.type(code);
  }
}
