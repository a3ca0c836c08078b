// @ts-check
/** Base58 in Bitcoin's alphabet, as `open2fa` writes it: a big-endian number, and a `1` for each zero byte before it. */

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  const digits = inBase(bytes, 256, 58);
  return "1".repeat(zeros(bytes)) + digits.map((digit) => ALPHABET[digit]).join("");
}

/**
 * `null` if a character is none of the alphabet.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
export function decode(text) {
  const digits = [...text].map((char) => ALPHABET.indexOf(char));
  if (digits.includes(-1)) return null;
  const before = new Array(zeros(digits)).fill(0);
  return Uint8Array.from([...before, ...inBase(digits, 58, 256)]);
}

/** How many zeros it begins with. @param {ArrayLike<number>} digits */
function zeros(digits) {
  let count = 0;
  while (count < digits.length && digits[count] === 0) count += 1;
  return count;
}

/**
 * The same number in another base, most significant digit first, without zeros before it.
 * @param {Iterable<number>} digits
 * @param {number} from
 * @param {number} to
 */
function inBase(digits, from, to) {
  /** @type {number[]} least significant first */
  const out = [];
  for (const digit of digits) {
    let carry = digit;
    for (let at = 0; at < out.length; at += 1) {
      carry += (out[at] ?? 0) * from;
      out[at] = carry % to;
      carry = Math.floor(carry / to);
    }
    for (; carry > 0; carry = Math.floor(carry / to)) out.push(carry % to);
  }
  return out.reverse();
}
