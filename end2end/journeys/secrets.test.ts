// An enrolment's key stands in exactly the places that show it: the link, the box, and the picture.
import { App, scan } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";
import type { Answer } from "../outside/watch.ts";

test("the key stands in the page that shows it, thrice, and in no other answer, header, address or log line", async ({ visitor, portal }) => {
  const { overview, totp, phone, page } = visitor;
  await visitor.provesAddress();
  await totp.open();
  await totp.choose();
  const app = App.of(await totp.link());
  const shown = visitor.watch.document(page);
  expect(scan(await page.screenshot({ fullPage: true }))).toContain(app.key);
  expect(count(shown.body, app.key)).toBe(1);
  expect(count(shown.body, `otpauth://totp/Postern:ada@example.org?secret=${app.key}&amp;`)).toBe(1);
  expect(count(text(shown.body), grouped(app.key))).toBe(1);

  const before = visitor.watch.answers.length;
  await phone.open();
  await phone.scan();
  await phone.open();
  await overview.open();
  const paired = visitor.watch.answers.length;
  await totp.open();
  const code = app.now();
  await totp.type(app.wrong());
  await totp.type(code);
  await totp.isPaired();
  await totp.type(code);
  await totp.rename("Pocket");
  await totp.open();
  await phone.open();
  const toPrograms = await page.request.get("/api/v1/session");
  await overview.open();
  await overview.endSession();
  await visitor.watch.settled();

  const answers = visitor.watch.answers;
  const elsewhere = answers.filter((answer, n) => answer.body !== shown.body && ((n >= before && n < paired) || !showsKey(answer)));
  expect(elsewhere.length).toBeGreaterThan(20);
  for (const form of formsOf(app.key)) {
    for (const answer of elsewhere) expect(told(answer), answer.url).not.toContain(form);
    expect(await toPrograms.text()).not.toContain(form);
  }
  // The page that shows it came anew with the refusal, and with nothing else.
  expect(answers.filter(showsKey).map((answer) => new URL(answer.url).pathname)).toEqual(["/totp", "/totp", "/totp"]);

  for (const form of [...formsOf(app.key), code, "ada@example.org"]) expect(portal.log).not.toContain(form);
  const [cookie] = await page.context().cookies();
  expect(cookie).toBeUndefined();
});

const showsKey = (answer: Answer) => answer.body.includes("otpauth://");
const count = (text: string, what: string) => text.split(what).length - 1;
const text = (html: string) => html.replaceAll(/<[^>]*>/g, "");
const grouped = (key: string) => key.match(/.{1,4}/g)?.join(" ") ?? "";

/** Everything an answer says, in its body, its text and its headers. */
function told({ url, headers, body }: Answer): string {
  return [url, JSON.stringify(headers), body, text(body)].join("\n").toLowerCase();
}

/** The key as it might slip out. */
function formsOf(key: string): string[] {
  const bytes = Buffer.from(bits(key).match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
  const groups = grouped(key);
  const forms = [key, groups, groups.replaceAll(" ", "%20"), groups.replaceAll(" ", "+"), groups.replaceAll(" ", "-")];
  return [...forms, bytes.toString("hex"), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")].map((form) => form.toLowerCase());
}

function bits(base32: string): string {
  return [...base32].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
}
