// On a phone the browser sleeps while its owner reads mail, and may have been put away altogether.
import { expect, test } from "../outside/test.ts";

test.describe("a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the code page survives sleep, a reload and a restored tab", async ({ visitor }) => {
    const { emailCode, page } = visitor;
    const code = await visitor.asksForCode();
    await emailCode.code.fill(code.slice(0, 3));
    const browser = await page.context().newCDPSession(page);
    await browser.send("Page.setWebLifecycleState", { state: "frozen" });
    await browser.send("Page.setWebLifecycleState", { state: "active" });
    await expect(emailCode.code).toHaveValue(code.slice(0, 3));
    await emailCode.reload();
    await emailCode.isHeaded("Type the code from the mail");
    await page.close();

    const restored = await visitor.inAnotherTab();
    await restored.emailCode.open();
    await expect(restored.emailCode.heading).toHaveText("Type the code from the mail");
    await expect(restored.page.getByText("a…@example.org")).toBeVisible();
    await restored.emailCode.type(code);
    await restored.emailCode.says("The door is open.");
  });

  test("the link in the letter leads back to where the code is typed", async ({ visitor }) => {
    const { emailCode, outbox, page } = visitor;
    await emailCode.open();
    await emailCode.askFor("ada@example.org");
    await outbox.open();
    await outbox.arrives(() => outbox.letters.getByRole("link").click());
    await expect(page).toHaveURL(/\/email-code$/);
    await emailCode.isHeaded("Type the code from the mail");
  });
});

test.describe("in Kolkata", () => {
  test.use({ timezoneId: "Asia/Kolkata" });

  test("times are the viewer's", async ({ visitor }) => {
    await visitor.provesAddress();
    const time = visitor.emailCode.page.locator("dd time");
    const at = new Date((await time.getAttribute("datetime")) ?? "");
    const there = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Kolkata" });
    await expect(time).toHaveText(there.format(at));
    await expect(time).toHaveAttribute("title", /^\d\d:\d\d\sUTC$/);
  });
});

test.describe("without scripts", () => {
  test.use({ timezoneId: "Asia/Kolkata", javaScriptEnabled: false });

  test("times are in UTC and say so", async ({ visitor }) => {
    await visitor.provesAddress();
    const time = visitor.emailCode.page.locator("dd time");
    const at = (await time.getAttribute("datetime")) ?? "";
    await expect(time).toHaveText(new RegExp(`^${at.slice(11, 16)}\\sUTC$`));
  });
});
