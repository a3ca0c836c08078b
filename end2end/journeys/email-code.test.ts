// Every way a mail code can go.
import { expect, test } from "../outside/test.ts";

/** The same code with its last digit off by one. */
const wrong = (code: string) => code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);

test("an address that is none is told so, and stays to be corrected", async ({ visitor: { emailCode } }) => {
  await emailCode.open();
  for (const [typed, told] of [
    ["", "There is no address in the field."],
    ["ada", "That is not a mail address."],
    ["ada@localhost", "That is not a mail address."],
    ["ada@example.org\u0000", "That is not a mail address."],
    ["jürgen@example.org", "letters that many mail servers refuse"],
    [`${"a".repeat(65)}@example.org`, "That address is too long."],
  ] as const) {
    await emailCode.askFor(typed);
    await emailCode.says(told);
    await expect(emailCode.address).toHaveAttribute("aria-invalid", "true");
    if (!typed.includes("\u0000")) await expect(emailCode.address).toHaveValue(typed);
  }
});

test("a wrong code costs a try and one that is none does not; the right one still opens", async ({ visitor }) => {
  const { emailCode } = visitor;
  const code = await visitor.asksForCode();
  await emailCode.type("");
  await emailCode.says("There is no code in the field.");
  await emailCode.type("12345");
  await emailCode.says("That is not a code from the mail.", "6 digits and nothing else");
  await emailCode.type(wrong(code));
  await emailCode.says("That code is not right.");
  await expect(emailCode.page.getByText("4 tries left.")).toBeVisible();
  await expect(emailCode.code).toHaveAttribute("aria-invalid", "true");
  await expect(emailCode.code).toHaveValue("");
  await emailCode.type(` ${code.slice(0, 3)}-${code.slice(3)} `);
  await emailCode.says("The door is open.");
});

test("five wrong tries make a code void, even the right one then; another address needs the same pause", async ({ visitor }) => {
  const { emailCode } = visitor;
  const code = await visitor.asksForCode();
  for (const left of ["4 tries", "3 tries", "2 tries", "1 try"]) {
    await emailCode.type(wrong(code));
    await expect(emailCode.page.getByText(`${left} left.`)).toBeVisible();
  }
  const late = await visitor.inAnotherTab();
  await late.emailCode.open();
  await emailCode.type(wrong(code));
  await emailCode.says("That code is void.", "Send a new one.");
  await expect(emailCode.code).toHaveCount(0);
  await late.emailCode.type(code);
  await late.emailCode.says("That code is void.");
  await emailCode.useAnotherAddress();
  await emailCode.askFor("grace@example.org");
  await emailCode.says("A code was sent a moment ago.", /You can send a new one in \d+ seconds/);
});

test("a new code comes after a pause that is shown, and kills the old one", { tag: "@waits" }, async ({ visitor }) => {
  const { emailCode, outbox } = visitor;
  const old = await visitor.asksForCode();
  await emailCode.resend();
  await emailCode.says("A code was sent a moment ago.", /in \d+ seconds/);
  // The page counts down by itself.
  await expect(emailCode.note).toContainText("You can send a new one now.", { timeout: 35_000 });
  await emailCode.resend();
  await emailCode.says("A new code is on its way.");
  const fresh = await visitor.readsCode();
  expect(fresh).not.toBe(old);
  await emailCode.type(old);
  await emailCode.says("That code is not right.");
  await emailCode.type(fresh);
  await emailCode.says("The door is open.");
  await outbox.open();
  await expect(outbox.letters).toHaveCount(2);
});

test("another address may be given before the first one is proved, and the first code is void", async ({ visitor }) => {
  const { emailCode } = visitor;
  const code = await visitor.asksForCode("ada@example.org");
  await emailCode.useAnotherAddress();
  await emailCode.isHeaded("Prove a mail address");
  await emailCode.back();
  await emailCode.reload();
  await emailCode.isHeaded("Prove a mail address");
  await emailCode.askFor("not yet");
  await expect(emailCode.address).toHaveValue("not yet");
  expect(code).toMatch(/^\d{6}$/);
});

test("a code works in the browser that asked, and in no other", async ({ visitor, newVisitor }) => {
  const code = await visitor.asksForCode();
  const other = await newVisitor();
  await other.asksForCode("eve@example.org");
  await other.emailCode.type(code);
  await other.emailCode.says("That code is not right.");
  await visitor.emailCode.type(code);
  await visitor.emailCode.says("The door is open.");
});
