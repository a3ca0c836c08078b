// @ts-check
/**
 * What Google Authenticator exports: `otpauth-migration://offline?data=…`, the base64 of a protocol buffer
 * (`MigrationPayload`, of which only its field 1, the entries, is looked at).
 */
import * as base32 from "./base32.js";
import { Flaw } from "./flaw.js";

/**
 * @typedef {import("./otp.js").Fields} Fields
 * @typedef {number | Uint8Array} Value
 */

const MARK = /^otpauth-migration:/iu;

// By their numbers in the format; 0 is what was left out. Codes of seven digits, and periods, it has none.
const ALGORITHMS = ["SHA1", "SHA1", "SHA256", "SHA512", "MD5"];
const DIGITS = [6, 6, 8];
const TYPES = ["totp", "hotp", "totp"];

/** @param {string} uri */
export function isMigration(uri) {
  return MARK.test(uri.trim());
}

/**
 * The fields of each entry, for `check` to look at. Throws Flaw `migration` if it is no such export.
 * @param {string} uri
 * @returns {Fields[]}
 */
export function exported(uri) {
  const data = new URLSearchParams(uri.trim().replace(/^[^?]*\??/u, "")).get("data") ?? "";
  const entries = fields(bytesOf(data)).filter(([number]) => number === 1);
  if (entries.length === 0) throw new Flaw("migration");
  return entries.map(([, entry]) => fieldsOf(entry));
}

/** @param {Value} entry an `OtpParameters` @returns {Fields} */
function fieldsOf(entry) {
  if (typeof entry === "number") throw new Flaw("migration");
  const found = new Map(fields(entry));
  const issuer = text(found.get(3));
  const name = text(found.get(2));
  const [before = "", ...after] = name.split(":");
  return {
    type: TYPES[Number(found.get(6) ?? 0)] ?? "unknown",
    issuer: issuer || (after.length > 0 ? before : ""),
    account: after.length > 0 ? after.join(":") : name,
    secret: base32.encode(bytes(found.get(1))),
    algorithm: ALGORITHMS[Number(found.get(4) ?? 0)] ?? "unknown",
    digits: DIGITS[Number(found.get(5) ?? 0)] ?? "unknown",
    counter: found.get(7) ?? 0,
  };
}

/** @param {string} data base64, in which a `+` may have become a space */
function bytesOf(data) {
  try {
    return Uint8Array.from(atob(data.replace(/ /gu, "+").replace(/-/gu, "+").replace(/_/gu, "/")), (char) => char.charCodeAt(0));
  } catch {
    throw new Flaw("migration");
  }
}

/** @param {Value | undefined} value */
function bytes(value) {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

/** @param {Value | undefined} value */
function text(value) {
  return new TextDecoder().decode(bytes(value));
}

/**
 * The fields of a message: numbers (wire type 0) and bytes (wire type 2); it has no others.
 * @param {Uint8Array} message
 * @returns {[number: number, value: Value][]}
 */
function fields(message) {
  /** @type {[number, Value][]} */
  const found = [];
  for (let at = 0; at < message.length; ) {
    const tag = varint(message, at);
    const value = varint(message, tag.end);
    const [number, wire] = [Math.floor(tag.value / 8), tag.value % 8];
    const end = wire === 2 ? value.end + value.value : value.end;
    if ((wire !== 0 && wire !== 2) || end > message.length) throw new Flaw("migration");
    found.push([number, wire === 2 ? message.subarray(value.end, end) : value.value]);
    at = end;
  }
  return found;
}

/** @param {Uint8Array} message @param {number} from */
function varint(message, from) {
  let value = 0;
  for (let at = from; at < from + 10; at += 1) {
    const byte = message[at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new Flaw("migration");
}
