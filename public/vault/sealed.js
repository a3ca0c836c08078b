// @ts-check
/** Our own entries, `v2`: sealed here, opened here. The server keeps them and can neither read nor change one unnoticed. */
import * as base64url from "./base64url.js";
import { Flaw } from "./flaw.js";
import { decrypt, encrypt } from "./gcm.js";
import { check } from "./otp.js";

/**
 * @typedef {import("./identity.js").Half} Half
 * @typedef {import("./otp.js").Otp} Otp
 * @typedef {Otp & { v: 2, id: string, rev: number }} Entry `rev`: 1, and one more with each change
 */

const MARK = "v2.";
const NONCE = 12;
const TAG = 16;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u;

/**
 * A nonce of its own each time: 96 random bits, so a collision within a vault's life is out of reach.
 * @param {Half} own
 * @param {Entry} entry
 * @returns {Promise<string>} the blob
 */
export async function seal(own, entry) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const plain = new TextEncoder().encode(written(entry));
  const sealed = await encrypt(own.key, nonce, plain, place(own));
  const bytes = new Uint8Array(NONCE + sealed.length);
  bytes.set(nonce);
  bytes.set(sealed, NONCE);
  return MARK + base64url.encode(bytes);
}

/**
 * Throws Flaw `shape` (no `v2` blob), `changed` (does not authenticate: damaged, changed, or of another vault) or
 * `content` (authentic, but no entry that this version knows).
 * @param {Half} own
 * @param {string} blob
 * @returns {Promise<Entry>}
 */
export async function open(own, blob) {
  const bytes = blob.startsWith(MARK) ? base64url.decode(blob.slice(MARK.length)) : null;
  if (!bytes || bytes.length < NONCE + TAG) throw new Flaw("shape");
  const plain = await decrypt(own.key, bytes.slice(0, NONCE), bytes.slice(NONCE), place(own));
  if (!plain) throw new Flaw("changed");
  return read(new TextDecoder().decode(plain));
}

/** A blob opens only in the list that it was sealed for. @param {Half} own */
function place(own) {
  return new TextEncoder().encode(own.id);
}

/** @param {Entry} entry */
function written(entry) {
  const { id, rev, type, issuer, account, secret, algorithm, digits } = entry;
  const moves = entry.type === "totp" ? { period: entry.period } : { counter: entry.counter };
  return JSON.stringify({ v: 2, id, rev, type, issuer, account, secret, algorithm, digits, ...moves });
}

/**
 * @param {string} json
 * @returns {Entry}
 */
function read(json) {
  try {
    const { v, id, rev, ...fields } = JSON.parse(json);
    if (v !== 2 || !UUID.test(id) || !Number.isSafeInteger(rev) || rev < 1) throw new Flaw("content");
    return { v, id, rev, ...check(fields) };
  } catch {
    throw new Flaw("content");
  }
}
