// @ts-check
/** What makes codes: the fields of an entry, and which values they may have. */
import * as base32 from "./base32.js";
import { Flaw } from "./flaw.js";

/**
 * @typedef {"SHA1" | "SHA256" | "SHA512"} Algorithm
 * @typedef {6 | 7 | 8} Digits
 * @typedef {{ issuer: string, account: string, secret: string, algorithm: Algorithm, digits: Digits }} Common
 *   `secret`: base32, upper case, unpadded
 * @typedef {Common & { type: "totp", period: number }} Totp `period`: 15 to 60 seconds
 * @typedef {Common & { type: "hotp", counter: number }} Hotp `counter`: 0 to 2^53 - 1, of the next code
 * @typedef {Totp | Hotp} Otp
 * @typedef {Partial<Record<"type" | "issuer" | "account" | "secret" | "algorithm" | "digits" | "period" | "counter", unknown>>} Fields
 *   as typed or read; what is left out or empty has its usual value, but secret and counter have none
 */

/** Characters of a name; so an entry always fits into what the server takes. */
const LONGEST_NAME = 200;

/** Characters of base32: 2,048 bits, four times what SHA512 asks for. */
const LONGEST_SECRET = 410;

/** As they are called in the wild. @type {Record<string, Algorithm>} */
const ALGORITHMS = { SHA1: "SHA1", SHA256: "SHA256", SHA512: "SHA512" };

/**
 * Throws a Flaw whose code and field are the name of the first field that is not right.
 * @param {Fields} fields
 * @returns {Otp}
 */
export function check(fields) {
  const common = {
    issuer: name("issuer", fields.issuer),
    account: name("account", fields.account),
    secret: secret(fields.secret),
    algorithm: algorithm(fields.algorithm),
    digits: /** @type {Digits} */ (whole("digits", given(fields.digits) ?? 6, 6, 8)),
  };
  switch (String(given(fields.type) ?? "totp").toLowerCase()) {
    case "totp":
      return { type: "totp", ...common, period: whole("period", given(fields.period) ?? 30, 15, 60) };
    case "hotp":
      return { type: "hotp", ...common, counter: whole("counter", fields.counter, 0, Number.MAX_SAFE_INTEGER) };
    default:
      throw new Flaw("type", "type");
  }
}

/** @param {unknown} value */
function given(value) {
  return value === undefined || value === null || value === "" ? null : value;
}

/**
 * On one line, without characters that cannot be seen.
 * @param {string} field
 * @param {unknown} value
 */
function name(field, value) {
  const text = String(given(value) ?? "").replace(/\p{Cf}+/gu, "").replace(/[\s\p{Cc}]+/gu, " ").replace(/\p{Cs}/gu, "\ufffd").trim();
  if (text.length > LONGEST_NAME) throw new Flaw(field, field);
  return text;
}

/** Takes a key as pages show it and people paste it: in groups, lower case, padded, with characters that cannot be seen. @param {unknown} value */
function secret(value) {
  const text = String(given(value) ?? "").replace(/[\s\p{Pd}\u2212\p{Cf}]+/gu, "").replace(/=+$/u, "").toUpperCase();
  const bytes = text.length > LONGEST_SECRET ? null : base32.decode(text);
  if (!bytes || bytes.length === 0) throw new Flaw("secret", "secret");
  return base32.encode(bytes);
}

/** @param {unknown} value */
function algorithm(value) {
  const called = String(given(value) ?? "SHA1").toUpperCase().replace(/^HMAC-?/u, "").replace("-", "");
  const known = ALGORITHMS[called];
  if (!known) throw new Flaw("algorithm", "algorithm");
  return known;
}

/**
 * @param {string} field
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function whole(field, value, least, most) {
  const text = String(value).trim();
  const number = Number(text);
  if (!/^\d{1,16}$/u.test(text) || number < least || number > most) throw new Flaw(field, field);
  return number;
}

/** Whether both make the same codes under the same names. @param {Otp} one @param {Otp} other */
export function same(one, other) {
  const key = (/** @type {Otp} */ otp) => JSON.stringify(Object.entries(otp).sort(([a], [b]) => (a < b ? -1 : 1)));
  return key(one) === key(other);
}
