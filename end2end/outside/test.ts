// What every journey starts with: a portal of its own on the project's store, a visitor, and a watch over both.
import { type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { Visitor } from "../pages/visitor.ts";
import { MailServer } from "./mail.ts";
import { Postern } from "./postern.ts";
import { Redis } from "./redis.ts";
import { Watch } from "./watch.ts";

export interface Options {
  store: "embedded" | "redis";
  /** Where letters go: into the demo's outbox, or to a mail server. */
  letters: "outbox" | "mail server";
}

export interface Fixtures {
  redis: Redis | undefined;
  mail: MailServer | undefined;
  portal: Postern;
  watch: Watch;
  visitor: Visitor;
  /** Somebody else's browser, or this person's other one. */
  newVisitor: (options?: Parameters<import("@playwright/test").Browser["newContext"]>[0]) => Promise<Visitor>;
}

export const test = base.extend<Options & Fixtures>({
  store: ["embedded", { option: true }],
  letters: ["outbox", { option: true }],

  redis: async ({ store }, use) => {
    const redis = store === "redis" ? await Redis.start() : undefined;
    await use(redis);
    await redis?.stop();
  },

  mail: async ({ letters }, use) => {
    const mail = letters === "mail server" ? await MailServer.start() : undefined;
    await use(mail);
    await mail?.stop();
  },

  portal: async ({ redis, mail }, use) => {
    const portal = await Postern.start({
      ...(redis && { POSTERN_REDIS_URL: redis.url }),
      ...(mail && { POSTERN_SMTP_URL: mail.url, POSTERN_MAIL_FROM: "Postern <door@example.org>" }),
    });
    await use(portal);
    expect(await portal.stop(), portal.log).toBe("exit code 0");
    expect(portal.log).not.toMatch(/panic|without a reason/);
  },

  baseURL: async ({ portal }, use) => use(portal.origin),

  watch: async ({ portal }, use) => {
    const watch = new Watch(portal.origin);
    await use(watch);
    await watch.verify();
  },

  context: async ({ context, watch }, use) => {
    await watch.follow(context);
    await use(context);
    await watch.leave(context);
  },

  visitor: async ({ page, watch, mail }, use) => use(new Visitor(page, watch, mail)),

  newVisitor: async ({ browser, watch, baseURL, mail }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ baseURL, ...options });
      contexts.push(context);
      await watch.follow(context);
      return new Visitor(await context.newPage(), watch, mail);
    });
    for (const context of contexts) {
      await watch.leave(context);
      await context.close();
    }
  },
});

export { expect, type Page };
