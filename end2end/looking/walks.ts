// Ways through a visit that pass every state a person can bring a page into. Each state is shown to `seen`.
import { App, USUAL, tokenCode } from "../outside/app.ts";
import { SecurityKey } from "../outside/security-key.ts";
import type { Redis } from "../outside/redis.ts";
import type { Visitor } from "../pages/visitor.ts";

export type Seen = (state: string) => Promise<void>;
export type Walk = (visitor: Visitor, seen: Seen) => Promise<void>;

const NO_ADDRESSES = {
  missing: "",
  "no-address": "ada",
  "not-ascii": "jürgen@example.org",
  "too-long": `${"a".repeat(65)}@example.org`,
};

export const visitWalks: Record<string, Walk> = {
  async "to an address that is proved"(visitor, seen) {
    const { overview, emailCode, outbox } = visitor;
    await overview.open();
    await seen("overview-new");
    await outbox.open();
    await seen("outbox-empty");
    await emailCode.open();
    await seen("email-ask");
    for (const [name, typed] of Object.entries(NO_ADDRESSES)) {
      await emailCode.askFor(typed);
      await seen(`email-ask-${name}`);
    }
    await emailCode.askFor("ada.byron.lovelace.of.the.analytical.engine+postern@mathematics.example.org");
    await seen("email-sent");
    const code = await visitor.readsCode();
    await outbox.open();
    await seen("outbox");
    await emailCode.open();
    await emailCode.type("");
    await seen("email-code-missing");
    await emailCode.type("12345");
    await seen("email-code-malformed");
    await emailCode.type(otherThan(code));
    await seen("email-code-wrong");
    await emailCode.resend();
    await seen("email-code-too-soon");
    await emailCode.type(code);
    await seen("email-proved");
    await emailCode.reload();
    await seen("email-proved-later");
    await overview.open();
    await seen("overview-one-passed");
  },

  async "to a code that is void"(visitor, seen) {
    const { emailCode } = visitor;
    const code = await visitor.asksForCode();
    for (let tries = 0; tries < 5; tries++) await emailCode.type(otherThan(code));
    await seen("email-code-void");
    await emailCode.useAnotherAddress();
    await seen("email-another");
    await emailCode.askFor("grace@example.org");
    await seen("email-ask-too-soon");
  },

  async "to an app that is paired"(visitor, seen) {
    const { overview, totp, phone } = visitor;
    await phone.open();
    await seen("phone-empty");
    await totp.open();
    await seen("totp-choose");
    await totp.unfold("Advanced");
    await seen("totp-choose-advanced");
    await totp.choose({ algorithm: "SHA512", digits: 8, period: 99 });
    await seen("totp-choose-refused");
    await totp.choose({ algorithm: "SHA512", digits: 8, period: 60 });
    await seen("totp-scan-long");
    await totp.startOver();
    await totp.choose();
    await seen("totp-scan");
    const app = new App(await totp.key());
    await totp.unfold("Another setting");
    await seen("totp-scan-unfolded");
    await phone.open();
    await seen("phone-waiting");
    await phone.scan();
    await seen("phone-scanned");
    await totp.open();
    await totp.type("");
    await seen("totp-code-missing");
    await totp.type("1234");
    await seen("totp-code-malformed");
    await totp.type(app.wrong());
    await seen("totp-code-wrong");
    await totp.type(app.ahead(120));
    await seen("totp-clock-off");
    const code = app.now();
    await totp.type(code);
    await seen("totp-paired");
    await totp.type(code);
    await seen("totp-replayed");
    await totp.type(app.next());
    await seen("totp-verified");
    await totp.rename("The blue phone in the upper drawer");
    await seen("totp-renamed");
    await totp.rename("x".repeat(41));
    await seen("totp-bad-name");
    await totp.unfold("Remove it");
    await seen("totp-remove-unfolded");
    await overview.open();
    await seen("overview-app-passed");
    await visitor.provesAddress();
    await overview.open();
    await seen("overview-all-passed");
    await totp.open();
    await seen("totp-paired-later");
    await totp.remove();
    await seen("totp-removed");
    await phone.open();
    await seen("phone-entry");
  },

  async "to an app that must wait"(visitor, seen) {
    const { totp } = visitor;
    await totp.open();
    await totp.choose({ algorithm: "SHA256", digits: 6, period: 30 });
    const key = await totp.key();
    await totp.type(new App(key, USUAL).now());
    await seen("totp-setting-ignored");
    const app = new App(key, { algorithm: "SHA256", digits: 6, period: 30 });
    for (let tries = 0; tries < 4; tries++) await totp.type(app.wrong());
    await seen("totp-throttled");
  },

  async "to keys that open"({ securityKeys: keys, page }, seen) {
    await keys.open();
    await seen("keys-empty");
    const stranger = await SecurityKey.plugIn(page, { hasUserVerification: true, isUserVerified: false });
    await keys.registerInVain();
    await seen("keys-cancelled");
    await stranger.pullOut();
    await keys.register(" ");
    await seen("keys-bad-name");
    const first = await SecurityKey.plugIn(page);
    await keys.register("Security key 1");
    await seen("keys-registered");
    await keys.registerInVain();
    await seen("keys-already");
    await keys.try();
    await seen("keys-passed");
    await keys.reload();
    await seen("keys-passed-later");
    await first.becomesACopyTakenAt(0);
    await keys.try();
    await seen("keys-cloned");
    await first.pullOut();
    await SecurityKey.plugIn(page, { transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true });
    await keys.register("The laptop in the upper drawer");
    await seen("keys-two");
    await keys.rename("Security key 1", "x".repeat(41));
    await seen("keys-bad-new-name");
    await keys.remove("Security key 1");
    await seen("keys-removed");
  },

  async "to a token that is paired"(visitor, seen) {
    const { hotp, phone, overview } = visitor;
    await visitor.totp.open();
    await visitor.totp.choose();
    await hotp.open();
    await seen("hotp-choose");
    await hotp.unfold("Advanced");
    await seen("hotp-choose-advanced");
    await hotp.choose("nought");
    await seen("hotp-choose-refused");
    await hotp.choose("36", "5");
    await seen("hotp-scan");
    await phone.open();
    await seen("phone-both-waiting");
    await phone.press("Scan both codes");
    await seen("phone-both-scanned");
    await hotp.open();
    await hotp.type("000000");
    await seen("hotp-code-wrong");
    await hotp.type(await after(visitor, phone.pressToken(30)));
    await seen("hotp-ahead");
    await hotp.catchUp("000000", "111111");
    await seen("hotp-not-in-a-row");
    const [first, second] = [await phone.pressToken(), await phone.pressToken()];
    await hotp.open();
    await hotp.catchUp(first, second);
    await seen("hotp-paired");
    await hotp.type(second);
    await seen("hotp-spent");
    await hotp.type("222222");
    await seen("hotp-wrong");
    await hotp.type("");
    await seen("hotp-code-missing");
    await hotp.type("12");
    await seen("hotp-code-malformed");
    await hotp.catchUp("000000", "111111");
    await seen("hotp-paired-not-in-a-row");
    await overview.open();
    await seen("overview-token-passed");
    await hotp.open();
    await hotp.remove();
    await seen("hotp-removed");
  },

  async "to a token that must wait"({ hotp }, seen) {
    await hotp.open();
    await hotp.choose("36");
    const key = await hotp.key();
    await hotp.type(tokenCode(key, 0));
    await seen("hotp-counter-ignored");
    for (let tries = 0; tries < 4; tries++) await hotp.type("000000");
    await seen("hotp-throttled");
  },

  async "to a paired token that must wait"({ hotp }, seen) {
    await hotp.open();
    await hotp.choose();
    const key = await hotp.key();
    await hotp.type(tokenCode(key, 0));
    await hotp.type(tokenCode(key, 1));
    await seen("hotp-verified");
    for (let tries = 0; tries < 5; tries++) await hotp.type("000000");
    await seen("hotp-paired-throttled");
    await hotp.reload();
    await seen("hotp-paired-throttled-later");
  },

  async "to a key that must wait"({ securityKeys: keys, page }, seen) {
    const key = await SecurityKey.plugIn(page);
    await keys.open();
    await keys.register("Blue key");
    for (let tries = 0; tries < 5; tries++) {
      await key.becomesACopyTakenAt(0);
      await keys.try();
    }
    await keys.reload();
    await seen("keys-throttled");
  },

  async "through all four doors"(visitor, seen) {
    const { overview, totp, hotp, securityKeys: keys, page } = visitor;
    await SecurityKey.plugIn(page);
    await visitor.provesAddress();
    await totp.open();
    await totp.choose();
    await totp.type(new App(await totp.key()).now());
    await hotp.open();
    await hotp.choose();
    await hotp.type(tokenCode(await hotp.key(), 0));
    await seen("hotp-just-paired");
    await keys.open();
    await keys.register();
    await keys.try();
    await seen("keys-just-passed");
    await overview.open();
    await seen("overview-complete");
  },

  async "to what is not there, not read, not taken"(visitor, seen) {
    const { overview, emailCode, page } = visitor;
    await visitor.at("/nowhere").open();
    await seen("message-not-found");
    await emailCode.open();
    await emailCode.fillWhatever(emailCode.address, "a".repeat(70_000));
    await emailCode.press("Send the code");
    await seen("message-too-large");
    await emailCode.open();
    await emailCode.address.evaluate((input) => input.after(input.cloneNode()));
    await emailCode.press("Send the code");
    await seen("message-unreadable");
    await overview.open();
    await overview.endSession();
    await seen("message-ended");
    await emailCode.open();
    await page.context().clearCookies();
    await emailCode.press("Send the code");
    await seen("message-over");
    await Promise.all(Array.from({ length: 120 }, () => fetch(new URL("/", page.url()))));
    await overview.open();
    await seen("message-too-many");
  },

  async "through a phone's menu"(visitor, seen) {
    const { overview } = visitor;
    await overview.page.setViewportSize({ width: 390, height: 844 });
    await overview.open();
    await overview.unfold("Menu");
    await seen("overview-menu");
  },
};

/** For the store that can go away alone. */
export async function toAStoreThatIsAway(visitor: Visitor, seen: Seen, redis?: Redis) {
  await visitor.overview.open();
  await redis?.die();
  await visitor.emailCode.open();
  await seen("message-away");
}

/** What a way through another page brings, and back. */
async function after({ hotp }: Visitor, elsewhere: Promise<string>): Promise<string> {
  const brought = await elsewhere;
  await hotp.open();
  return brought;
}

function otherThan(code: string): string {
  return code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);
}
