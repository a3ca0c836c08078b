// The whole walk by Tab, Enter and typing; what has the focus can be seen at every step.
import { type Locator, expect } from "@playwright/test";
import { App, tokenCode } from "../outside/app.ts";
import { test } from "../outside/test.ts";
import type { Leaf } from "../pages/leaf.ts";
import { Together } from "../pages/quorum.ts";
import type { Visitor } from "../pages/visitor.ts";

test.use({ javaScriptEnabled: false });

test("the first two doors are passed by keyboard alone", async ({ visitor }) => {
  const { overview, emailCode, outbox, phone, totp, page } = visitor;
  await overview.open();
  await enter(overview, link("Go on: email code"));

  await tabTo(emailCode, emailCode.address);
  await page.keyboard.type("ada@example.org");
  await emailCode.arrives(() => page.keyboard.press("Enter"));
  await emailCode.isHeaded("Type the code from the mail");
  await enter(emailCode, link("outbox"));
  const mailed = await outbox.newestCode();
  await enter(outbox, link("Back to the email code"));
  await tabTo(emailCode, emailCode.code);
  await page.keyboard.type(mailed);
  await emailCode.arrives(() => page.keyboard.press("Enter"));
  await emailCode.says("The door is open.");

  await enter(emailCode, link("Go on: authenticator app"));
  await enter(totp, button("Show the QR code"));
  await enter(totp, link("pocket authenticator"));
  await enter(phone, button("Scan the code on the authenticator page"));
  const shown = await phone.shownCode();
  await enter(phone, link("Back to the authenticator page"));
  await tabTo(totp, totp.code);
  await page.keyboard.type(shown);
  await totp.arrives(() => page.keyboard.press("Enter"));
  await totp.isPaired();

  const summary = page.locator("summary").filter({ hasText: "Rename it" });
  await tabTo(totp, summary);
  await page.keyboard.press("Enter");
  await tabTo(totp, page.getByLabel("New name"));
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Pocket");
  await totp.arrives(() => page.keyboard.press("Enter"));
  await totp.says("The name is saved.");
  await enter(totp, button("End this session"));
  await totp.isHeaded("You ended this session");
  await enter(totp, button("Begin a new session"));
  await overview.isHeaded("A second door, four ways to open it");
});

test("a counter token is paired and caught up by keyboard alone", async ({ visitor: { hotp, phone, page } }) => {
  await hotp.open();
  await enter(hotp, button("Show the QR code"));
  await enter(hotp, link("pocket authenticator"));
  await enter(phone, button("Scan the code on the counter token page"));
  const first = await phone.tokenCode();
  await enter(phone, link("Back to the counter token page"));
  await tabTo(hotp, hotp.code);
  await page.keyboard.type(first);
  await hotp.arrives(() => page.keyboard.press("Enter"));
  await hotp.isPaired();

  const [one, another] = [await phone.pressToken(20), await phone.pressToken()];
  await hotp.open();
  await tabTo(hotp, page.locator("summary").filter({ hasText: "Out of step?" }));
  await page.keyboard.press("Enter");
  await tabTo(hotp, page.getByLabel("First code"));
  await page.keyboard.type(one);
  await tabTo(hotp, page.getByLabel("The code after it"));
  await page.keyboard.type(another);
  await hotp.arrives(() => page.keyboard.press("Enter"));
  await hotp.says("Your token is in step again.");
  await hotp.expects(22);
});

test("an account is made, gets an app, and is signed in to by keyboard alone", async ({ visitor }) => {
  const { overview, signIn, account, totp, page } = visitor;
  await overview.open();
  await enter(overview, link("Sign in"));
  await passesMail(visitor);
  await account.says("Your account is made.");
  await enter(account, link("Pair an authenticator app"));
  await enter(totp, button("Show the QR code"));
  const app = new App(await totp.key());
  await tabTo(totp, totp.code);
  await page.keyboard.type(app.now());
  await totp.arrives(() => page.keyboard.press("Enter"));
  await account.says("Authenticator app is added.");
  await enter(account, button("Sign out"));
  await signIn.says("You are signed out.");

  await passesMail(visitor);
  await signIn.asksForSecondFactor();
  await tabTo(signIn, signIn.second.code);
  await page.keyboard.type(app.next());
  await signIn.arrives(() => page.keyboard.press("Enter"));
  await account.isAt(2, "mail and a code");
});

test("an API key is asked for, activated and disabled by keyboard alone", async ({ visitor }) => {
  const { overview, clients, clientSecret, disableClient, outbox, page } = visitor;
  await overview.open();
  await enter(overview, link("API keys"));
  await tabTo(clients, clients.address);
  await page.keyboard.type("ada@example.org");
  await clients.arrives(() => page.keyboard.press("Enter"));
  await enter(clients, link("outbox"));
  const mailed = await outbox.newestCode();
  await enter(outbox, link("API keys"));
  await tabTo(clients, clients.code);
  await page.keyboard.type(mailed);
  await clients.arrives(() => page.keyboard.press("Enter"));
  await enter(clients, button("Mail me a key"));
  await enter(clients, link("outbox"));
  const key = await outbox.newestKey();
  await enter(outbox, link("API keys"));
  await tabTo(clients, clients.key);
  await page.keyboard.type(key);
  await clients.arrives(() => page.keyboard.press("Enter"));
  await clientSecret.isHeaded("Your API secret");
  await enter(clientSecret, link("I have kept it"));
  await tabTo(clients, clients.row(key).locator("summary"));
  await page.keyboard.press("Enter");
  await enter(clients, link(`Disable it: ${key.slice(0, 8)}…`));
  await enter(disableClient, button("Disable this key for good"));
  await clients.isIn(key, "disabled");
});

test("a secret is dealt, asked for and agreed to by keyboard alone", async ({ visitor, newVisitor }) => {
  const { overview, quorum, askTogether, watch, page } = visitor;
  await overview.open();
  await enter(overview, link("Quorum"));
  await tabTo(quorum, quorum.key);
  await page.keyboard.type("GEZDGNBVGY3TQOJQ");
  for (const label of ["Custodians", "Needed for a code"]) {
    await tabTo(quorum, page.getByLabel(label, { exact: true }));
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("2");
  }
  await enter(quorum, button("Deal the shares"));
  const shares = await page.getByRole("group", { name: "Share" }).allInnerTexts();
  await askTogether.open();
  await tabTo(askTogether, askTogether.share);
  await page.keyboard.type(shares[0]?.trim() ?? "");
  await enter(askTogether, button("Ask"));
  const { pathname } = new URL(page.url());
  const other = await newVisitor({ javaScriptEnabled: false });
  const custodian = new Together(other.page, watch, pathname);
  await custodian.open();
  await tabTo(custodian, custodian.share);
  await other.page.keyboard.type(shares[1]?.trim() ?? "");
  await enter(custodian, button("Agree: give this share"));
  await custodian.says("Your share counts.");
  const together = new Together(page, watch, pathname);
  await enter(together, link("Look again"));
  const app = new App("GEZDGNBVGY3TQOJQ");
  expect([app.ahead(-30), app.now()]).toContain(await together.shownCode());
  await enter(together, button("End it now"));
  await together.isHeaded("You ended this session");
});

test.describe("with scripts", () => {
  test.use({ javaScriptEnabled: true });

  test("a vault is made, filled and searched, and an entry pressed, edited and deleted by keyboard alone", async ({ visitor: { vault, page } }) => {
    const enters = async (where: Where) => {
      await tabTo(vault, where(vault));
      await page.keyboard.press("Enter");
    };
    const type = async (label: string, text: string) => {
      await tabTo(vault, page.getByLabel(label, { exact: true }).locator("visible=true"));
      await page.keyboard.type(text);
    };
    await vault.open();
    await enters(button("Make a new vault"));
    await enters(button("I have saved it"));
    await vault.isOpen();
    await type("Key, or otpauth address", "otpauth://hotp/Bank:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Bank&counter=1");
    await page.keyboard.press("Enter");
    await vault.told("Added.");
    await type("Key, or otpauth address", "otpauth://totp/Shop:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Shop");
    await page.keyboard.press("Enter");
    await vault.told("Added.");
    await enters(button("Next code of Bank"));
    expect(await vault.code("Bank")).toBe(tokenCode("GEZDGNBVGY3TQOJQ", 1));
    await expect(page.getByRole("button", { name: "Next code of Bank" })).toBeFocused();
    await type("Search", "shop");
    await expect(vault.rows).toHaveCount(1);
    await enters(button("Edit Shop"));
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("Store");
    await page.keyboard.press("Enter");
    await vault.told("Saved.");
    await expect(vault.rows).toHaveCount(0);
    await type("Search", "");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("Delete");
    await enters(button("Edit Store"));
    await enters(button("Delete"));
    await vault.told("Deleted.");
    await enters(button("Undo"));
    await vault.told("Back again.");
    await expect(vault.rows).toHaveCount(2);
    await enters(button("Close the vault"));
    await expect(vault.rows).toHaveCount(0);
  });
});

test("the first Tab offers to skip to the page", async ({ visitor: { totp, page } }) => {
  await totp.open();
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the page" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(button("Show the QR code")(totp)).toBeFocused();
});

test("the setting is chosen by keyboard", async ({ visitor: { totp, page } }) => {
  await totp.open();
  await tabTo(totp, page.locator("summary").filter({ hasText: "Advanced" }));
  await page.keyboard.press("Enter");
  await tabTo(totp, page.getByLabel("SHA1", { exact: true }));
  await page.keyboard.press("ArrowRight");
  await tabTo(totp, page.getByLabel("6", { exact: true }));
  await page.keyboard.press("ArrowRight");
  await tabTo(totp, page.getByLabel("Seconds between codes"));
  await totp.arrives(() => page.keyboard.press("Enter"));
  await expect(page.getByText("SHA256, 8 digits, every 30 seconds")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the menu opens and leads on", async ({ visitor: { overview, outbox, page } }) => {
    await overview.open();
    const menu = page.locator("summary").filter({ hasText: "Menu" });
    await tabTo(overview, menu);
    await page.keyboard.press("Enter");
    await enter(overview, () => page.locator("details.nav-menu").getByRole("link", { name: "Outbox" }));
    await outbox.isHeaded("Outbox");
  });
});

/** From the sign-in page, with a code that the outbox has. */
async function passesMail({ signIn, outbox, page }: Visitor) {
  await tabTo(signIn, signIn.address);
  await page.keyboard.type("ada@example.org");
  await signIn.arrives(() => page.keyboard.press("Enter"));
  await enter(signIn, link("outbox"));
  const mailed = await outbox.newestCode();
  await outbox.arrives(() => page.goBack());
  await tabTo(signIn, signIn.code);
  await page.keyboard.type(mailed);
  await signIn.arrives(() => page.keyboard.press("Enter"));
}

type Where = (leaf: Leaf) => Locator;

function link(name: string): Where {
  return ({ page }) => page.getByRole("link", { name, exact: true });
}

function button(name: string): Where {
  return ({ page }) => page.getByRole("button", { name, exact: true });
}

async function enter(leaf: Leaf, where: Where) {
  await tabTo(leaf, where(leaf));
  await leaf.arrives(() => leaf.page.keyboard.press("Enter"));
}

/** Goes there from wherever the focus is, around the page once at most. */
async function tabTo({ page }: Leaf, target: Locator) {
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((it) => it === document.activeElement)) return seen(target);
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${target}`);
}

/** The focus is drawn, on the element or on the label that stands for it. */
async function seen(target: Locator) {
  await expect(target).toBeInViewport();
  const drawn = await target.evaluate((it) => {
    const outlined = (element: Element | null) => {
      if (!element) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
    };
    return outlined(it) || outlined(it.nextElementSibling) || outlined(it.closest("label"));
  });
  expect(drawn, `the focus on ${target} can be seen`).toBe(true);
}
