// @ts-check
/**
 * What an `otpauth:` URI says. The format is the de-facto one of Google Authenticator's wiki, "Key Uri Format"; read
 * generously, as many write it, and written as the portal's own pages do.
 */
import { Flaw } from "./flaw.js";
import { exported, isMigration } from "./migration.js";
import { check } from "./otp.js";

export { check };

/** @typedef {import("./otp.js").Otp} Otp */

/** Type, label, query. */
const FORM = /^otpauth:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/iu;

/**
 * Throws a Flaw with the name of the first part that is not right: `scheme`, `migration` (an export of Google
 * Authenticator, which may hold several: `parseList` reads it), `type`, `secret`, `algorithm`, `digits`, `period`,
 * `counter`, `issuer`, `account`.
 * @param {string} uri
 * @returns {Otp}
 */
export function parse(uri) {
  const text = plain(uri);
  if (isMigration(text)) throw new Flaw("migration");
  const found = FORM.exec(text);
  if (!found) throw new Flaw("scheme");
  const [, type, label = "", query = ""] = found;
  const asked = parameters(query);
  // Steam's codes are letters, made in a way of its own.
  if (asked.get("encoder")) throw new Flaw("type", "type");
  const named = split(label);
  const counter = asked.get("counter") || "0";
  return check({ ...Object.fromEntries(asked), type: type || "none", ...named, issuer: asked.get("issuer") || named.issuer, counter });
}

/** Lines are wrapped in mails; a URI itself has no line breaks, tabs and invisible characters. @param {string} text */
function plain(text) {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, "").trim();
}

/** Whether a text is meant as a URI, or as an export of several, rather than as a key. @param {string} text */
export function isUri(text) {
  return /^otpauth(-migration)?:/iu.test(plain(text));
}

/**
 * Each with its first value. A `+` is a space, as forms write one, and `&amp;` an `&`, as in a page's source.
 * @param {string} query
 * @returns {Map<string, string>}
 */
function parameters(query) {
  const found = new Map();
  for (const [name, value] of new URLSearchParams(query.replace(/&amp;/giu, "&"))) {
    const key = name.trim().toLowerCase();
    if (!found.has(key)) found.set(key, value.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, ""));
  }
  return found;
}

/**
 * At a colon, or at an encoded one if there is no other.
 * @param {string} label `issuer:account` or `account`, percent-encoded
 */
function split(label) {
  const colon = /:/u.exec(label) ?? /%3a/iu.exec(label);
  if (!colon) return { issuer: "", account: decoded(label) };
  return { issuer: decoded(label.slice(0, colon.index)), account: decoded(label.slice(colon.index + colon[0].length)) };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * As `app/src/factor/otpauth.rs` writes it: a literal colon between issuer and account, `%20` for a space, all parameters
 * there. An account with a colon and no issuer reads back as issuer and account: the format knows no other.
 * @param {Otp} otp
 */
export function format(otp) {
  const [issuer, account] = [encoded(otp.issuer), encoded(otp.account)];
  const label = issuer ? `${issuer}:${account}` : account;
  const named = issuer ? `&issuer=${issuer}` : "";
  const moves = otp.type === "totp" ? `period=${otp.period}` : `counter=${otp.counter}`;
  const { type, secret, algorithm, digits } = otp;
  return `otpauth://${type}/${label}?secret=${secret}${named}&algorithm=${algorithm}&digits=${digits}&${moves}`;
}

/** All but RFC 3986's unreserved characters and `@`. @param {string} text */
function encoded(text) {
  const strict = (/** @type {string} */ char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/gu, strict).replace(/%40/gu, "@");
}

/**
 * A list, one URI a line; empty lines and those that begin with `#` are skipped. An export of Google Authenticator counts
 * as the entries that it holds.
 * @param {string} text
 * @returns {{ otps: Otp[], flaws: { line: number, code: string }[] }} lines count from 1
 */
export function parseList(text) {
  /** @type {{ otps: Otp[], flaws: { line: number, code: string }[] }} */
  const list = { otps: [], flaws: [] };
  for (const [index, line] of text.replace(/^\ufeff/u, "").split(/\r\n|\r|\n/u).entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    for (const one of ofLine(line)) {
      if (one instanceof Flaw) list.flaws.push({ line: index + 1, code: one.code });
      else list.otps.push(one);
    }
  }
  return list;
}

/** @param {string} line @returns {(Otp | Flaw)[]} */
function ofLine(line) {
  if (!isMigration(line)) return [attempted(() => parse(line))];
  const fields = attempted(() => exported(line));
  return fields instanceof Flaw ? [fields] : fields.map((entry) => attempted(() => check(entry)));
}

/** @template T @param {() => T} act @returns {T | Flaw} */
function attempted(act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof Flaw) return error;
    throw error;
  }
}
