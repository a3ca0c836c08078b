// Reads the PNG files that `qrencode` writes: one bit a pixel, with a palette, not interlaced.
import { inflateSync } from "node:zlib";

/**
 * @param {Buffer} file
 * @returns {{ data: Uint8ClampedArray, width: number, height: number }} RGBA
 */
export function pixelsOfPng(file) {
  const chunks = chunksOf(file);
  const header = chunks.get("IHDR") ?? Buffer.alloc(0);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  // Depth, colour type, compression, filter, interlace.
  if (header.subarray(8).join() !== "1,3,0,0,0") throw new Error(`another kind of PNG: ${header.subarray(8).join()}`);
  const [palette, alpha] = [chunks.get("PLTE") ?? [], chunks.get("tRNS") ?? []];
  const rows = rowsOf(inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0)), Math.ceil(width / 8), height);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const color = (rows[y][x >> 3] >> (7 - (x & 7))) & 1;
    data.set([...palette.slice(color * 3, color * 3 + 3), alpha[color] ?? 255], at * 4);
  }
  return { data, width, height };
}

/** @param {Buffer} file @returns {Map<string, Buffer>} what belongs together in one */
function chunksOf(file) {
  const chunks = new Map();
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const name = file.toString("latin1", at + 4, at + 8);
    const inside = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    chunks.set(name, Buffer.concat([chunks.get(name) ?? Buffer.alloc(0), inside]));
  }
  return chunks;
}

/** Takes the filters off (PNG, section 9). @param {Buffer} bytes @param {number} length @param {number} height */
function rowsOf(bytes, length, height) {
  /** @type {Uint8Array[]} */
  const rows = [];
  for (let y = 0; y < height; y += 1) {
    const filter = bytes[y * (length + 1)];
    const row = Uint8Array.from(bytes.subarray(y * (length + 1) + 1, (y + 1) * (length + 1)));
    const above = rows[y - 1] ?? new Uint8Array(length);
    for (let x = 0; x < length; x += 1) row[x] += predicted(filter, row[x - 1] ?? 0, above[x], above[x - 1] ?? 0);
    rows.push(row);
  }
  return rows;
}

/** @param {number} filter @param {number} left @param {number} above @param {number} corner */
function predicted(filter, left, above, corner) {
  if (filter < 4) return [0, left, above, (left + above) >> 1][filter];
  const guess = left + above - corner;
  const far = (/** @type {number} */ of) => Math.abs(guess - of);
  if (far(left) <= far(above) && far(left) <= far(corner)) return left;
  return far(above) <= far(corner) ? above : corner;
}
