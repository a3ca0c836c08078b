// @ts-check
/** AES-GCM with a tag of 128 bits (NIST SP 800-38D), the tag behind the ciphertext. */

/**
 * @param {CryptoKey} key
 * @param {Uint8Array<ArrayBuffer>} nonce 12 bytes, never twice with one key: only `seal` in `sealed.js` chooses it
 * @param {Uint8Array<ArrayBuffer>} plain
 * @param {Uint8Array<ArrayBuffer>} place associated data
 */
export async function encrypt(key, nonce, plain, place) {
  return new Uint8Array(await crypto.subtle.encrypt(parameters(nonce, place), key, plain));
}

/**
 * `null` if it does not authenticate.
 * @param {CryptoKey} key
 * @param {Uint8Array<ArrayBuffer>} nonce
 * @param {Uint8Array<ArrayBuffer>} sealed
 * @param {Uint8Array<ArrayBuffer>} place
 */
export async function decrypt(key, nonce, sealed, place) {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(nonce, place), key, sealed));
  } catch {
    return null;
  }
}

/** @param {Uint8Array<ArrayBuffer>} iv @param {Uint8Array<ArrayBuffer>} additionalData */
function parameters(iv, additionalData) {
  return { name: "AES-GCM", iv, additionalData, tagLength: 128 };
}
