// @ts-check
/** Codes: HOTP (RFC 4226) and TOTP (RFC 6238). */
import * as base32 from "./base32.js";

/**
 * @typedef {import("./otp.js").Otp} Otp
 * @typedef {import("./otp.js").Totp} Totp
 */

const HASHES = { SHA1: "SHA-1", SHA256: "SHA-256", SHA512: "SHA-512" };

/** @param {Otp} otp */
function importKey({ secret, algorithm }) {
  const bytes = base32.decode(secret);
  if (!bytes) throw new Error("no base32");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: HASHES[algorithm] }, false, ["sign"]);
}

/**
 * RFC 4226, section 5.3.
 * @param {CryptoKey} key
 * @param {number} counter
 * @param {number} digits
 */
async function truncated(key, counter, digits) {
  const moving = new DataView(new ArrayBuffer(8));
  moving.setBigUint64(0, BigInt(counter));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, moving));
  const offset = mac.getUint8(mac.byteLength - 1) & 0xf;
  const number = mac.getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/**
 * @param {Otp} otp
 * @param {number} counter
 */
export async function hotp(otp, counter) {
  return truncated(await importKey(otp), counter, otp.digits);
}

/**
 * @param {Totp} otp
 * @param {number} seconds since the epoch
 */
export function totp(otp, seconds) {
  return hotp(otp, step(otp, seconds).counter);
}

/**
 * The step that a moment is in, and the seconds left of it.
 * @param {{ period: number }} otp
 * @param {number} seconds since the epoch
 */
export function step({ period }, seconds) {
  const counter = Math.floor(seconds / period);
  return { counter, left: (counter + 1) * period - seconds };
}

/** Keeps imported keys and the last codes for as long as their entry lives, so that a code can be asked for at every tick. */
export class Codes {
  /** @type {WeakMap<Otp, { key: Promise<CryptoKey>, codes: Map<number, Promise<string>> }>} */
  #kept = new WeakMap();

  /**
   * @param {Otp} otp the same object each time
   * @param {number} counter
   * @returns {Promise<string>}
   */
  at(otp, counter) {
    const { key, codes } = this.#of(otp);
    const known = codes.get(counter);
    if (known) return known;
    const code = key.then((imported) => truncated(imported, counter, otp.digits));
    codes.set(counter, code);
    for (const old of codes.keys()) if (codes.size > 2 && old !== counter) codes.delete(old);
    return code;
  }

  /** @param {Otp} otp */
  #of(otp) {
    const kept = this.#kept.get(otp) ?? { key: importKey(otp), codes: new Map() };
    this.#kept.set(otp, kept);
    return kept;
  }
}
