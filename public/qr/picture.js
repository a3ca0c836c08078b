// @ts-check
/** Pixels of a picture, and the same picture in other sizes. */

/** @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Pixels RGBA, row by row */

/** Pixels along the longer side that are looked at; more of a large photo helps nobody. */
const LONGEST = 2400;

/** In a browser. @param {ImageBitmap} bitmap @returns {Pixels} */
export function pixelsOf(bitmap) {
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** What is transparent becomes white, as paper is. @param {Pixels} picture @returns {Pixels} */
export function onWhite({ data, width, height }) {
  const out = new Uint8ClampedArray(data);
  for (let at = 0; at < out.length; at += 4) {
    const alpha = (out[at + 3] ?? 255) / 255;
    if (alpha === 1) continue;
    for (let channel = at; channel < at + 3; channel += 1) out[channel] = 255 + ((out[channel] ?? 255) - 255) * alpha;
    out[at + 3] = 255;
  }
  return { data: out, width, height };
}

/** Each pixel becomes a square of `by`. @param {Pixels} picture @param {number} by @returns {Pixels} */
export function enlarged({ data, width, height }, by) {
  const out = blank(width * by, height * by);
  const [from, to] = [words(data), words(out.data)];
  for (let y = 0; y < out.height; y += 1) {
    const row = Math.floor(y / by) * width;
    for (let x = 0; x < out.width; x += 1) to[y * out.width + x] = from[row + Math.floor(x / by)] ?? 0;
  }
  return out;
}

/** Each square of `by` becomes its mean. @param {Pixels} picture @param {number} by @returns {Pixels} */
export function shrunk({ data, width, height }, by) {
  const out = blank(Math.floor(width / by), Math.floor(height / by));
  for (let y = 0; y < out.height; y += 1) {
    for (let x = 0; x < out.width; x += 1) {
      for (let channel = 0; channel < 4; channel += 1) {
        out.data[(y * out.width + x) * 4 + channel] = mean(data, width, x * by, y * by, by, channel);
      }
    }
  }
  return out;
}

/**
 * @param {Uint8ClampedArray} data
 * @param {number} width
 * @param {number} left
 * @param {number} top
 * @param {number} by
 * @param {number} channel
 */
function mean(data, width, left, top, by, channel) {
  let sum = 0;
  for (let y = top; y < top + by; y += 1) {
    for (let x = left; x < left + by; x += 1) sum += data[(y * width + x) * 4 + channel] ?? 0;
  }
  return sum / (by * by);
}

/** @param {number} width @param {number} height @returns {Pixels} */
function blank(width, height) {
  return { data: new Uint8ClampedArray(width * height * 4), width, height };
}

/** One number a pixel. @param {Uint8ClampedArray} data */
function words(data) {
  return new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
}
