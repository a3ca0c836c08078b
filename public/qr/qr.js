// @ts-check
/** QR codes: read and drawn by the `qr` library in `vendor/`, which is loaded only when there is one to read or to draw. */
import { enlarged, onWhite, pixelsOf } from "./picture.js";

/** @typedef {import("./picture.js").Pixels} Pixels */

/** How hard the library looks at each size: tries, and milliseconds after which no further one begins. */
const EFFORT = { effort: 8, timeLimit: 1000 };

/**
 * The text of a code in the picture, `null` if none is found. Light codes on dark are found too.
 * @param {ImageBitmap | Pixels} image
 * @returns {Promise<string | null>}
 */
export async function read(image) {
  const { decodeQR } = await import("./vendor/decode.js");
  for (const picture of sizes(onWhite("data" in image ? image : pixelsOf(image)))) {
    try {
      return decodeQR(picture, EFFORT);
    } catch {
      // Not at this size.
    }
  }
  return null;
}

/**
 * As it is, since the library looks at it in smaller sizes by itself; and larger, for codes with less than two pixels a
 * module.
 * @param {Pixels} picture
 */
function* sizes(picture) {
  yield picture;
  if (Math.max(picture.width, picture.height) < 800) yield enlarged(picture, 3);
}

/**
 * Like `read`, of a file. `null` if it is no picture, too.
 * @param {Blob} blob
 * @returns {Promise<string | null>}
 */
export async function readFile(blob) {
  const bitmap = await createImageBitmap(blob).catch(() => null);
  if (!bitmap) return null;
  try {
    return await read(bitmap);
  } finally {
    bitmap.close();
  }
}

/**
 * A code of error correction level M, without a quiet zone. Throws if no code holds the text.
 * @param {string} text
 * @returns {Promise<{ size: number, isDark: (x: number, y: number) => boolean }>} `size`: modules along a side
 */
export async function draw(text) {
  const { encodeQR } = await import("./vendor/index.js");
  // The library draws no code without a border.
  const rows = /** @type {boolean[][]} */ (encodeQR(text, "raw", { ecc: "medium", border: 1 }));
  return { size: rows.length - 2, isDark: (x, y) => rows[y + 1]?.[x + 1] ?? false };
}
