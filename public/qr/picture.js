// @ts-check
/** Pixels of a picture, as a reader of QR codes wants them. */

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
  const out = { data: new Uint8ClampedArray(width * by * height * by * 4), width: width * by, height: height * by };
  const [from, to] = [words(data), words(out.data)];
  for (let y = 0; y < out.height; y += 1) {
    const row = Math.floor(y / by) * width;
    for (let x = 0; x < out.width; x += 1) to[y * out.width + x] = from[row + Math.floor(x / by)] ?? 0;
  }
  return out;
}

/** One number a pixel. @param {Uint8ClampedArray} data */
function words(data) {
  return new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
}
