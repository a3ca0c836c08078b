// The same doors with other people's parts: a mail server, a camera, and an authenticator.
import { App, type Setting, scan } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";

test.describe("a mail server", () => {
  test.use({ letters: "mail server" });

  test("gets a letter with the code in its subject, on a line of its own, and in its HTML part", async ({ visitor, mail, portal }) => {
    const { emailCode } = visitor;
    await emailCode.open();
    await emailCode.askFor("Ada.Byron@Example.org");
    await expect.poll(() => mail?.letters.length).toBe(1);
    const letter = mail?.to("Ada.Byron@Example.org") ?? mail?.to("Ada.Byron@example.org");
    const code = letter?.subject?.match(/^(\d{6}) is your code for Postern$/)?.[1] ?? "";
    expect(code, letter?.subject).toMatch(/^\d{6}$/);
    expect(letter?.from?.address).toBe("door@example.org");
    expect(letter?.text?.split(/\r?\n/)).toContain(code);
    expect(letter?.html).toContain(code);
    for (const part of [letter?.text, letter?.html]) {
      expect(part).toContain(`${portal.origin}/email-code`);
      expect(part).toContain("Was this not you?");
      expect(part).toContain("5 minutes");
    }

    await emailCode.type(`${code.slice(0, 3)} ${code.slice(3)} `);
    await emailCode.says("The door is open.");
    expect(portal.log).not.toContain(code);
    expect(portal.log).not.toMatch(/ada\.byron/i);
  });
});

const ALGORITHMS = ["SHA1", "SHA256", "SHA512"] as const;

for (const algorithm of ALGORITHMS) {
  test(`an authenticator of ${algorithm} is paired by camera, by key and by link, whatever its digits and interval`, async ({ visitor, portal }) => {
    const { totp, page } = { totp: visitor.totp, page: visitor.page };
    await totp.open();
    for (const setting of settings(algorithm)) {
      await totp.choose(setting);
      const seen = scan(await page.screenshot({ fullPage: true }));
      const key = await totp.key();
      expect(await totp.link()).toBe(seen);
      expect(seen).toMatch(/^otpauth:\/\/totp\/Postern:visitor\?secret=[A-Z2-7]+&issuer=Postern&/);
      expect(key).toMatch(/^([A-Z2-7]{4} )*[A-Z2-7]{1,4}$/);
      const app = App.of(seen);
      expect(app.setting).toEqual(setting);
      expect(key.replaceAll(" ", "")).toBe(app.key);
      expect(app.key).toHaveLength({ SHA1: 32, SHA256: 52, SHA512: 103 }[algorithm]);
      await expect(page.getByText(`${algorithm}, ${setting.digits} digits, every ${setting.period} seconds`)).toBeVisible();

      await totp.type(app.now());
      await totp.isPaired();
      await totp.type(new App(key, setting).next());
      await totp.says("That code is right.");
      await totp.remove();
      expect(portal.log).not.toContain(app.key);
    }
  });
}

function settings(algorithm: Setting["algorithm"]): Setting[] {
  const all: Setting[] = [];
  for (const digits of [6, 8] as const) for (const period of [30, 60]) all.push({ algorithm, digits, period });
  return all;
}

test("the QR code is read from a dark phone, too, and a proved address stands in it", async ({ visitor }) => {
  await visitor.page.emulateMedia({ colorScheme: "dark" });
  await visitor.page.setViewportSize({ width: 390, height: 844 });
  await visitor.provesAddress("ada+keys@example.org");
  await visitor.totp.open();
  await visitor.totp.choose();
  const seen = scan(await visitor.totp.qr.screenshot());
  expect(seen).toContain("otpauth://totp/Postern:ada%2Bkeys@example.org?");
  expect(await visitor.totp.link()).toBe(seen);
});
