// Quorums: where a secret is dealt, where one asks, and the page where the others agree.
import { type Page, expect } from "@playwright/test";
import type { Watch } from "../outside/watch.ts";
import { Leaf } from "./leaf.ts";

export interface Dealt {
  key: string;
  custodians: number;
  needed: number;
  names?: string[];
}

export class Quorum extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/quorum");
  }

  get key() {
    return this.page.getByLabel("Authenticator key");
  }

  get names() {
    return this.page.getByLabel("Their names");
  }

  get code() {
    return this.page.locator(".digits");
  }

  get cards() {
    return this.page.getByRole("article");
  }

  async type({ key, custodians, needed, names = [] }: Dealt) {
    await this.key.fill(key);
    await this.page.getByLabel("Custodians", { exact: true }).fill(String(custodians));
    await this.page.getByLabel("Needed for a code").fill(String(needed));
    await this.names.fill(names.join("\n"));
  }

  async check() {
    await this.press("Check the key");
  }

  /** Ends on the page of the shares; answers them in their order. */
  async deal(): Promise<string[]> {
    await this.press("Deal the shares");
    await this.isHeaded("Hand out these shares now");
    return (await this.page.getByRole("group", { name: "Share" }).allInnerTexts()).map((share) => share.trim());
  }
}

export class AskTogether extends Leaf {
  constructor(page: Page, watch: Watch) {
    super(page, watch, "/quorum/ask");
  }

  get share() {
    return this.page.getByLabel("Your share");
  }

  async ask(share: string, why = "", lasts = "1 hour") {
    await this.share.fill(share);
    await this.page.getByLabel("Why you need the code").fill(why);
    await this.page.getByLabel(lasts).check();
    await this.press("Ask");
  }
}

/** The page of one session, as whoever stands before it sees it. */
export class Together extends Leaf {
  constructor(page: Page, watch: Watch, path: string) {
    super(page, watch, path);
  }

  get share() {
    return this.page.getByLabel("Your share of this group");
  }

  get agreed() {
    return this.page.locator("#live").getByRole("status");
  }

  get code() {
    return this.page.locator(".digits");
  }

  get link() {
    return this.page.getByRole("group", { name: "Link for the others" });
  }

  get tek() {
    return this.page.getByRole("group", { name: "Key of this session" });
  }

  async agree(share: string) {
    await this.share.fill(share);
    await this.press("Agree: give this share");
  }

  async shownCode(): Promise<string> {
    return (await this.code.innerText()).replace(/\s/gu, "");
  }

  async isClosedTo(heading: string) {
    await this.isHeaded(heading);
    await expect(this.code).toHaveCount(0);
  }
}
