// @ts-check
/** Whose vault: one UUID makes both user hashes and both keys. Neither can be told from what the server sees. */
import * as base58 from "./base58.js";
import { Flaw } from "./flaw.js";

/**
 * What the server knows a list by, and the key to what is in it. The key cannot be exported.
 * @typedef {{ id: string, key: CryptoKey }} Half
 * @typedef {{ uuid: string, own: Half, old: Half }} Identity `own`: our `v2` entries; `old`: `open2fa`'s
 */

/** Version 4, from the browser's own source of randomness. */
export function newUuid() {
  return crypto.randomUUID();
}

/**
 * Takes every way of writing a UUID: upper case, without dashes, in braces, `urn:uuid:`, with spaces. Throws Flaw `uuid`.
 * @param {string} text
 * @returns {Promise<Identity>}
 */
export async function identify(text) {
  const hex = text.replace(/\s+/gu, "").toLowerCase().replace(/^urn:uuid:/u, "").replace(/[{}-]/gu, "");
  if (!/^[\da-f]{32}$/u.test(hex)) throw new Flaw("uuid", "uuid");
  const bytes = Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
  const [own, old] = await Promise.all([ownHalf(bytes), oldHalf(bytes)]);
  return { uuid: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5"), own, old };
}

/** @param {Uint8Array<ArrayBuffer>} bytes of the UUID */
async function ownHalf(bytes) {
  const id = await derived(bytes, "postern vault v2 id", 16);
  const key = await derived(bytes, "postern vault v2 key", 32);
  return { id: base58.encode(id), key: await aesKey(key, "AES-GCM") };
}

/** As `O2FAUUID` of `open2fa` 1.4.6. @param {Uint8Array<ArrayBuffer>} bytes */
async function oldHalf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { id: base58.encode(digest.subarray(0, 16)), key: await aesKey(digest.slice(16), "AES-CBC") };
}

/**
 * HKDF-SHA-256 (RFC 5869) with an empty salt.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} info
 * @param {number} length bytes
 */
export async function derived(bytes, info, length) {
  const from = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, from, length * 8));
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {"AES-GCM" | "AES-CBC"} name
 */
function aesKey(bytes, name) {
  return crypto.subtle.importKey("raw", bytes, name, false, ["encrypt", "decrypt"]);
}
