// QR codes: pictures that `qrencode` makes are read, and what is drawn is read by the same.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { enlarged, onWhite } from "../qr/picture.js";
import { draw, read } from "../qr/qr.js";
import { check, format } from "../vault/otpauth.js";
import { pixelsOfPng } from "./png.js";

/** @typedef {import("../qr/picture.js").Pixels} Pixels */

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SHORT = `otpauth://totp/ada?secret=${SECRET}`;
const LONG = format(check({ issuer: "Zoë & Söhne GmbH", account: "ada.lovelace@example.org", secret: SECRET.repeat(4), algorithm: "SHA512", digits: 8 }));

/** @param {string} text @param {...string} how */
function qrencode(text, ...how) {
  return pixelsOfPng(execFileSync("qrencode", ["--type=PNG", "--output=-", ...how], { input: text }));
}

/** Each pixel from another one. @param {Pixels} picture @param {(x: number, y: number) => [number, number]} from */
function moved({ data, width, height }, from, [w, h] = [width, height]) {
  const out = { data: new Uint8ClampedArray(w * h * 4).fill(255), width: w, height: h };
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      const [fromX, fromY] = from(x, y);
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      out.data.set(data.subarray((fromY * width + fromX) * 4, (fromY * width + fromX) * 4 + 4), (y * w + x) * 4);
    }
  }
  return out;
}

/** @param {Pixels} picture @param {(value: number, channel: number) => number} to */
function colored({ data, width, height }, to) {
  return { data: data.map((value, at) => (at % 4 === 3 ? value : to(value, at % 4))), width, height };
}

/** Each square of `by` becomes its mean. @param {Pixels} picture @param {number} by */
function shrunk({ data, width, height }, by) {
  const out = { data: new Uint8ClampedArray(Math.floor(width / by) * Math.floor(height / by) * 4), width: Math.floor(width / by), height: Math.floor(height / by) };
  const sums = new Float64Array(out.data.length);
  for (let y = 0; y < out.height * by; y += 1) {
    for (let x = 0; x < out.width * by; x += 1) {
      for (let channel = 0; channel < 4; channel += 1) {
        sums[(Math.floor(y / by) * out.width + Math.floor(x / by)) * 4 + channel] += data[(y * width + x) * 4 + channel];
      }
    }
  }
  out.data.set(sums.map((sum) => sum / by ** 2));
  return out;
}

test("codes of qrencode are read at every size and level", async () => {
  for (const text of [SHORT, LONG]) {
    for (const level of ["L", "M", "Q", "H"]) {
      for (const size of [1, 3, 8]) {
        const picture = qrencode(text, `--level=${level}`, `--size=${size}`, "--margin=4");
        assert.equal(await read(picture), text, `${level} ${size} (${picture.width} px)`);
      }
    }
  }
});

test("a code is read whichever way it lies, and as light on dark", async () => {
  const picture = qrencode(LONG, "--size=4");
  const { width, height } = picture;
  const ways = {
    quarter: moved(picture, (x, y) => [y, height - 1 - x]),
    half: moved(picture, (x, y) => [width - 1 - x, height - 1 - y]),
    "three quarters": moved(picture, (x, y) => [width - 1 - y, x]),
    inverted: colored(picture, (value) => 255 - value),
    "dark page": colored(picture, (value) => (value > 127 ? 30 : 220)),
    coloured: colored(picture, (value, channel) => (value > 127 ? [250, 240, 200][channel] : [20, 40, 120][channel])),
    "light print": colored(picture, (value) => (value > 127 ? 255 : 140)),
  };
  for (const [way, turned] of Object.entries(ways)) assert.equal(await read(turned), LONG, way);
});

test("a code somewhere in a large screenshot is read", async () => {
  const code = qrencode(SHORT, "--size=5");
  const page = moved(code, (x, y) => [x - 1210, y - 640], [1920, 1080]);
  assert.equal(await read(page), SHORT);
});

test("a code that was made small, with less than two blurred pixels a module, is read", async () => {
  for (const [size, by] of [[8, 5], [9, 5], [11, 6], [13, 7]]) {
    assert.equal(await read(shrunk(qrencode(SHORT, `--size=${size}`), by)), SHORT, `${size} / ${by}`);
  }
});

test("a code that a camera saw askew and noisy is read", async () => {
  const code = qrencode(SHORT, "--size=10");
  const [sin, cos] = [Math.sin(0.3), Math.cos(0.3)];
  const side = 700;
  const askew = moved(code, (x, y) => [Math.round((x - 330) * cos + (y - 350) * sin) + code.width / 2, Math.round((y - 350) * cos - (x - 330) * sin) + code.height / 2].map(Math.floor), [side, side]);
  let state = 7;
  const noise = () => ((state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31 - 0.5) * 60;
  assert.equal(await read(colored(askew, (value) => value * 0.6 + 40 + noise())), SHORT);
});

test("what is transparent is paper", async () => {
  const picture = qrencode(SHORT, "--size=4", "--background=00000000", "--foreground=000000ff");
  assert.equal(picture.data[3], 0, "the margin is transparent");
  assert.equal(await read(picture), SHORT);
  assert.deepEqual([...onWhite({ data: Uint8ClampedArray.of(0, 100, 255, 51), width: 1, height: 1 }).data], [204, 224, 255, 255]);
});

test("a picture without a code has none, and is not changed", async () => {
  const noise = Uint8ClampedArray.from({ length: 300 * 200 * 4 }, (_, at) => (at * at * 31) % 256);
  const before = noise.slice();
  assert.equal(await read({ data: noise, width: 300, height: 200 }), null);
  assert.deepEqual(noise, before);
  assert.equal(await read({ data: new Uint8ClampedArray(4), width: 1, height: 1 }), null);
});

test("what is drawn begins at its corner, without a quiet zone, and is read by other readers too", async () => {
  for (const text of [SHORT, LONG, "5dae9a2e-8f0b-4f5a-9d5e-1f2a3b4c5d6e"]) {
    const { size, isDark } = await draw(text);
    assert.equal(size % 4, 1, "17 modules and four a version");
    const finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];
    const corner = finder.map((_, y) => finder.map((_, x) => Number(isDark(x, y))).join(""));
    assert.deepEqual(corner, finder);
    assert.deepEqual([isDark(-1, 0), isDark(0, size), isDark(size, 0)], [false, false, false]);
    const side = (size + 8) * 4;
    const rows = Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => Number(isDark((x >> 2) - 4, (y >> 2) - 4))));
    const data = Uint8ClampedArray.from(rows.flat().flatMap((dark) => [255 - dark * 255, 255 - dark * 255, 255 - dark * 255, 255]));
    assert.equal(await read({ data, width: side, height: side }), text);
    const pbm = `P1 ${side} ${side}\n${rows.map((row) => row.join(" ")).join("\n")}\n`;
    assert.equal(execFileSync("zbarimg", ["--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"], { input: pbm, encoding: "utf8" }).trimEnd(), text);
  }
  await assert.rejects(draw("x".repeat(3000)));
});

test("a picture is made larger by squares", () => {
  const large = enlarged({ data: Uint8ClampedArray.of(0, 0, 0, 255, 200, 100, 50, 255), width: 2, height: 1 }, 2);
  assert.deepEqual([large.width, large.height], [4, 2]);
  const row = [0, 0, 0, 255, 0, 0, 0, 255, 200, 100, 50, 255, 200, 100, 50, 255];
  assert.deepEqual([...large.data], [...row, ...row]);
});
