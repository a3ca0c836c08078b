// `otpauth:` URIs as issuers write them, as we do, and as nobody should.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Flaw } from "../vault/flaw.js";
import { check, format, isUri, parse, parseList } from "../vault/otpauth.js";

const KEY = "JBSWY3DPEHPK3PXP";
const USUAL = { type: "totp", issuer: "", account: "", secret: KEY, algorithm: "SHA1", digits: 6, period: 30 };

/** The code of the Flaw that it throws. @param {() => unknown} act */
function flaw(act) {
  try {
    act();
  } catch (error) {
    if (error instanceof Flaw) return error.code;
    throw error;
  }
  return null;
}

// As the sites' QR codes have them, with other secrets.
test("what issuers in the wild write is understood", () => {
  const wild = [
    [`otpauth://totp/Google%3Aada%40gmail.com?secret=jbswy3dpehpk3pxp&issuer=Google`, { issuer: "Google", account: "ada@gmail.com" }],
    [`otpauth://totp/GitHub:ada?secret=${KEY}&issuer=GitHub`, { issuer: "GitHub", account: "ada" }],
    [`otpauth://totp/Amazon%20Web%20Services:root-account-mfa-device@123456789012?secret=${KEY}`, { issuer: "Amazon Web Services", account: "root-account-mfa-device@123456789012" }],
    [`otpauth://totp/Microsoft:ada%40example.org?secret=${KEY}&issuer=Microsoft`, { issuer: "Microsoft", account: "ada@example.org" }],
    [`otpauth://totp/Example%20Co:%20ada+test@example.org?secret=${KEY}&issuer=Example+Co`, { issuer: "Example Co", account: "ada+test@example.org" }],
    [`otpauth://totp/ada%40example.org?secret=${KEY}%3D%3D&issuer=C%2B%2B%20Club`, { issuer: "C++ Club", account: "ada@example.org" }],
    [`otpauth://totp/ACME:ada?issuer=ACME%20Inc.&secret=${KEY}`, { issuer: "ACME Inc.", account: "ada" }],
    [`otpauth://totp/Battle.net?secret=${KEY}&digits=8&algorithm=SHA1&period=30`, { account: "Battle.net", digits: 8 }],
    [`otpauth://totp/ada?secret=${KEY}&algorithm=HmacSHA512&period=60`, { account: "ada", algorithm: "SHA512", period: 60 }],
    [`otpauth://totp/ada?secret=${KEY}&algorithm=sha-256`, { account: "ada", algorithm: "SHA256" }],
    [`otpauth://totp/?secret=${KEY}`, {}],
    [`otpauth://totp?secret=${KEY}`, {}],
    [`OTPAUTH://TOTP/ada?SECRET=${KEY}`, { account: "ada" }],
    [`  otpauth://totp/100%25%20sure?secret=${KEY}&image=https%3A%2F%2Fexample.org%2Fa.png\n`, { account: "100% sure" }],
    [`otpauth://totp/100%?secret=${KEY}`, { account: "100%" }],
    [`otpauth://totp/a:b:c?secret=${KEY}`, { issuer: "a", account: "b:c" }],
    [`otpauth://totp/a%3Ab:c?secret=${KEY}`, { issuer: "a:b", account: "c" }],
    [`otpauth://totp/ada?secret=${KEY}&secret=AAAA&digits=7&digits=8`, { account: "ada", digits: 7 }],
    [`otpauth://totp/%F0%9F%94%91?secret=${KEY}#end`, { account: "🔑" }],
    [`otpauth://totp/ada?secret=${KEY}&amp;digits=8&amp;period=60&AMP;algorithm=SHA512`, { account: "ada", digits: 8, period: 60, algorithm: "SHA512" }],
    [`otpauth://totp/ada?secret=${KEY}&digits=&period=&algorithm=&issuer=&counter=&encoder=`, { account: "ada" }],
    [`otpauth://totp/ada?secret=JBSW%20Y3DP-EHPK+3PXP&per\r\niod=60&digits=\u200b8`, { account: "ada", digits: 8, period: 60 }],
    [`otpauth://totp/ada?secret=jbsw%E2%80%93y3dp%C2%A0ehpk%E2%80%8B3pxp`, { account: "ada" }],
  ];
  for (const [uri, fields] of wild) assert.deepEqual(parse(uri), { ...USUAL, ...fields }, uri);
  const { period: _, ...common } = USUAL;
  for (const counter of ["&counter=0", "&counter=", ""]) {
    assert.deepEqual(parse(`otpauth://hotp/ada?secret=${KEY}${counter}`), { ...common, type: "hotp", account: "ada", counter: 0 });
  }
});

test("a URI is told from a key, whatever a paste puts before it", () => {
  for (const uri of ["otpauth://totp/a", "\ufeff OTPAUTH://totp/a", "\u200botpauth-migration://offline?data=AA"]) assert.ok(isUri(uri), uri);
  for (const key of ["", KEY, "otpauth", "https://example.org"]) assert.ok(!isUri(key), key);
});

test("what is not right is named", () => {
  const bad = [
    ["", "scheme"],
    ["https://example.org/", "scheme"],
    ["otpauth:totp/ada", "scheme"],
    [KEY, "scheme"],
    ["otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8", "migration"],
    [`otpauth://yubikey/ada?secret=${KEY}`, "type"],
    [`otpauth:///ada?secret=${KEY}`, "type"],
    [`otpauth://steam/ada?secret=${KEY}`, "type"],
    [`otpauth://totp/Steam:ada?secret=${KEY}&issuer=Steam&encoder=steam`, "type"],
    [`otpauth://totp/ada?secret=${KEY}&encoder=other`, "type"],
    [`otpauth://totp/Steam:ada?secret=${KEY}&issuer=Steam&digits=5`, "digits"],
    ["otpauth://totp/ada", "secret"],
    ["otpauth://totp/ada?secret=", "secret"],
    ["otpauth://totp/ada?secret=JBSWY3DPEHPK3PX1", "secret"],
    ["otpauth://totp/ada?secret=JBSWY3DPE", "secret"],
    [`otpauth://totp/ada?secret=${"A".repeat(416)}`, "secret"],
    [`otpauth://totp/ada?secret=${KEY}&algorithm=MD5`, "algorithm"],
    [`otpauth://totp/ada?secret=${KEY}&algorithm=constructor`, "algorithm"],
    [`otpauth://totp/ada?secret=${KEY}&digits=6.0`, "digits"],
    [`otpauth://totp/ada?secret=${KEY}&digits=9`, "digits"],
    [`otpauth://totp/ada?secret=${KEY}&digits=%D9%A6`, "digits"],
    [`otpauth://totp/ada?secret=${KEY}&period=14`, "period"],
    [`otpauth://totp/ada?secret=${KEY}&period=61`, "period"],
    [`otpauth://totp/ada?secret=${KEY}&period=0x1e`, "period"],
    [`otpauth://hotp/ada?secret=${KEY}&counter=-1`, "counter"],
    [`otpauth://hotp/ada?secret=${KEY}&counter=9007199254740992`, "counter"],
    [`otpauth://totp/ada?secret=${KEY}&issuer=${"x".repeat(201)}`, "issuer"],
    [`otpauth://totp/${"x".repeat(201)}?secret=${KEY}`, "account"],
  ];
  for (const [uri, code] of bad) assert.equal(flaw(() => parse(uri)), code, uri);
});

test("what we write has a literal colon, %20 and all parameters, as the portal's own URIs", () => {
  const otp = check({ issuer: "Example Co", account: "ada lovelace@example.org", secret: KEY, algorithm: "SHA256", digits: 8, period: 60 });
  assert.equal(
    format(otp),
    `otpauth://totp/Example%20Co:ada%20lovelace@example.org?secret=${KEY}&issuer=Example%20Co&algorithm=SHA256&digits=8&period=60`,
  );
  const counted = check({ type: "hotp", account: "ada", secret: KEY, counter: 7 });
  assert.equal(format(counted), `otpauth://hotp/ada?secret=${KEY}&algorithm=SHA1&digits=6&counter=7`);
});

test("what we write reads back as it was", () => {
  const names = ["", "ada", "ada lovelace", "a+b@example.org", "100% & more = ?#/\\", "Zoë 🔑 名前", "it's (really) *me*!", "%41", "a,b;c", '"quoted"'];
  for (const issuer of [...names, "Foo: Bar", "a:b:c"]) {
    for (const account of [...names, ...(issuer ? ["ada:work", ":", "a%3Ab"] : [])]) {
      for (const rest of [{ period: 15 }, { algorithm: "SHA512", digits: 7, period: 60 }, { type: "hotp", counter: Number.MAX_SAFE_INTEGER }]) {
        const otp = check({ issuer, account, secret: KEY, ...rest });
        const uri = format(otp);
        assert.match(uri, /^[\w\-.~:/?&=%@]+$/u);
        assert.deepEqual(parse(uri), otp, uri);
      }
    }
  }
});

test("typed fields are taken as pages show them", () => {
  const typed = { issuer: " Example\n Co ", account: "ada\u0000", secret: " jbsw y3dp-ehpk\t3pxp==== ", algorithm: "sha256", digits: "8", period: " 45 " };
  assert.deepEqual(check(typed), { ...USUAL, issuer: "Example Co", account: "ada", algorithm: "SHA256", digits: 8, period: 45 });
  assert.deepEqual(check({ secret: KEY, algorithm: "", digits: "", period: null, issuer: undefined }), USUAL);
  assert.equal(check({ secret: KEY, account: "\ud83d" }).account, "\ufffd", "half a character");
  // Bits behind the last byte are no part of a secret.
  assert.equal(check({ secret: "MZ" }).secret, "MY");
  assert.equal(check({ secret: "\ufeffjbsw\u2013y3dp\u00a0ehpk\u200b3pxp" }).secret, KEY);
  assert.equal(check({ secret: KEY, account: "a\u200bd\u202ea" }).account, "ada");
  for (const field of ["issuer", "account", "secret", "algorithm", "digits", "period", "type"]) {
    const long = { secret: KEY, [field]: "9".repeat(999) };
    assert.throws(() => check(long), (error) => error instanceof Flaw && error.field === field && error.code === field, field);
  }
});

test("a list is read line by line, and its flaws are told by line", () => {
  const lines = ["\ufeff# exported", "", `otpauth://totp/a?secret=${KEY}`, "   ", "nonsense", `  otpauth://hotp/b?secret=${KEY}&counter=3`, "otpauth://totp/c", "otpauth-migration://offline?data=AA"];
  for (const end of ["\n", "\r\n", "\r"]) {
    const { otps, flaws } = parseList(lines.join(end));
    assert.deepEqual(otps.map((otp) => otp.account), ["a", "b"]);
    assert.deepEqual(flaws, [{ line: 5, code: "scheme" }, { line: 7, code: "secret" }, { line: 8, code: "migration" }]);
  }
  assert.deepEqual(parseList(""), { otps: [], flaws: [] });
});

const EXPORT = "otpauth-migration://offline?data=";
// As protocol buffers are written: wire type 2 with its length, wire type 0 with a number below 128.
const long = (/** @type {number} */ number, /** @type {number[] | string} */ bytes) => [number * 8 + 2, bytes.length, ...Buffer.from(bytes)];
const short = (/** @type {number} */ number, /** @type {number} */ value) => [number * 8, value];
const exported = (/** @type {number[][]} */ ...entries) => EXPORT + encodeURIComponent(Buffer.from(entries.flatMap((entry) => long(1, entry))).toString("base64"));

test("an export of Google Authenticator is a list, too", () => {
  // Published examples of such exports and what they hold.
  const published = [
    `${EXPORT}CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC`,
    `${EXPORT}CjUKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZXJyeXBpGgtyYXNwYmVycnlwaSABKAEwAhABGAEgACjr4JKK%2B%2F%2F%2F%2F%2F8B`,
  ];
  const pi = { ...USUAL, issuer: "raspberrypi", account: "pi@raspberrypi", secret: "7KSQL2JTUDIS5EF65KLMRQIIGY" };
  assert.deepEqual(parseList(published.join("\n")), { otps: [{ ...USUAL, issuer: "Example", account: "alice@google.com" }, pi], flaws: [] });
  // A `+` that some program wrote as it is.
  assert.deepEqual(parseList(published[1].replaceAll("%2B", "+")).otps, [pi]);
});

test("of an export each entry counts for itself", () => {
  const secret = long(1, "Hello!");
  const uri = exported(
    [...secret, ...long(2, "Bank:token"), ...short(4, 3), ...short(5, 2), ...short(6, 1), ...short(7, 41)],
    [...secret, ...short(4, 4), ...short(6, 2)],
    [...long(2, "no secret"), ...short(6, 2)],
    [...secret, ...short(5, 9)],
    [...secret, ...short(6, 9)],
    secret,
  );
  const { otps, flaws } = parseList(`# lines\n${uri}`);
  const { period: _, ...common } = { ...USUAL, secret: "JBSWY3DPEE" };
  const counted = { ...common, type: "hotp", issuer: "Bank", account: "token", algorithm: "SHA512", digits: 8, counter: 41 };
  assert.deepEqual(otps, [counted, { ...USUAL, secret: "JBSWY3DPEE" }]);
  assert.deepEqual(flaws, ["algorithm", "secret", "digits", "type"].map((code) => ({ line: 2, code })));
});

test("what is no such export is told, whatever it is cut off or changed to", () => {
  const whole = exported([...long(1, "Hello!"), ...short(6, 2)]);
  const bytes = Buffer.from(decodeURIComponent(whole.slice(EXPORT.length)), "base64");
  for (let length = 0; length < bytes.length; length += 1) {
    assert.deepEqual(parseList(EXPORT + bytes.subarray(0, length).toString("base64")), { otps: [], flaws: [{ line: 1, code: "migration" }] }, String(length));
  }
  for (const uri of ["otpauth-migration:", "otpauth-migration://offline?data=%", `${EXPORT}!!!!`, `${EXPORT}CAE=`, `${EXPORT}DQAAAAA=`, `${EXPORT}////////////////`]) {
    assert.deepEqual(parseList(uri).flaws, [{ line: 1, code: "migration" }], uri);
  }
});
