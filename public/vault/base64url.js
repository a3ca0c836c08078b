// @ts-check
/** Unpadded base64url (RFC 4648, section 5), strict: one text for the same bytes. */

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/gu, "-").replace(/\//gu, "_").replace(/=+$/u, "");
}

/**
 * `null` for every text that `encode` does not write.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
export function decode(text) {
  if (!/^[\w-]*$/u.test(text) || text.length % 4 === 1) return null;
  const plain = atob(text.replace(/-/gu, "+").replace(/_/gu, "/"));
  const bytes = Uint8Array.from(plain, (char) => char.charCodeAt(0));
  return encode(bytes) === text ? bytes : null;
}
