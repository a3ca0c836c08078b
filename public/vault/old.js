// @ts-check
/**
 * Entries as the `open2fa` program keeps them (1.4.6, `RemoteSecret`): a bare TOTP secret in AES-128-CBC with a fixed IV
 * and no integrity check, so nobody can tell whether one was changed; its name stands beside it in clear.
 */
import * as base58 from "./base58.js";
import { Flaw } from "./flaw.js";
import { check } from "./otp.js";

/**
 * @typedef {import("./identity.js").Half} Half
 * @typedef {import("./otp.js").Otp} Otp
 */

const HOW = { name: "AES-CBC", iv: new TextEncoder().encode("0123456789abcdef") };
const BLOCK = 16;

/** Characters; of the longest secret that we take. Base58 takes long over more. */
const LONGEST = 700;

/**
 * Padded, since the program decodes nothing else.
 * @param {Half} old
 * @param {string} secret base32, upper case, unpadded
 * @returns {Promise<string>} `enc_secret`
 */
export async function sealOld(old, secret) {
  const padded = secret.padEnd(Math.ceil(secret.length / 8) * 8, "=");
  return base58.encode(new Uint8Array(await crypto.subtle.encrypt(HOW, old.key, new TextEncoder().encode(padded))));
}

/**
 * Throws Flaw `shape` if no secret comes out.
 * @param {Half} old
 * @param {string} blob `enc_secret`
 * @returns {Promise<string>} base32, upper case, unpadded
 */
export async function openOld(old, blob) {
  const bytes = blob.length <= LONGEST ? base58.decode(blob) : null;
  if (!bytes || bytes.length === 0 || bytes.length % BLOCK !== 0) throw new Flaw("shape");
  try {
    const plain = await crypto.subtle.decrypt(HOW, old.key, bytes);
    return check({ secret: new TextDecoder().decode(plain) }).secret;
  } catch {
    throw new Flaw("shape");
  }
}

/** What the program makes of a secret: SHA1, 6 digits, 30 seconds. @param {string} secret @param {string} name */
export function ofOld(secret, name) {
  return check({ type: "totp", secret, account: name.slice(0, 200) });
}

/** Whether the program makes the same codes of it. @param {Otp} otp */
export function fitsOld(otp) {
  return otp.type === "totp" && otp.algorithm === "SHA1" && otp.digits === 6 && otp.period === 30;
}

/** The one name that the program has for an entry. @param {Otp} otp */
export function nameOf({ issuer, account }) {
  return issuer && account ? `${issuer}:${account}` : issuer || account;
}

/** The two names in one, where it has a colon. @param {Otp} otp */
export function renamed(otp) {
  const [issuer = "", ...account] = otp.account.split(":");
  return issuer.trim() && account.join("").trim() ? check({ ...otp, issuer, account: account.join(":") }) : otp;
}
