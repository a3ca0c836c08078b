// Base32, base58 and base64url against published vectors.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as base32 from "../vault/base32.js";
import * as base58 from "../vault/base58.js";
import * as base64url from "../vault/base64url.js";

const bytes = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text));
const hex = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, "hex"));

test("base32 is that of RFC 4648, section 10, without padding", () => {
  const vectors = { "": "", f: "MY", fo: "MZXQ", foo: "MZXW6", foob: "MZXW6YQ", fooba: "MZXW6YTB", foobar: "MZXW6YTBOI" };
  for (const [plain, text] of Object.entries(vectors)) {
    assert.equal(base32.encode(bytes(plain)), text);
    assert.deepEqual(base32.decode(text), bytes(plain));
  }
});

test("base32 of every byte and length comes back", () => {
  for (let length = 0; length < 64; length += 1) {
    const some = Uint8Array.from({ length }, (_, at) => (at * 89 + length * 7) % 256);
    assert.deepEqual(base32.decode(base32.encode(some)), some);
  }
});

test("what no bytes encode to is no base32", () => {
  for (const text of ["A", "ABC", "ABCDEF", "ABCDEFGHA", "M1", "M0", "M8", "M9", "my", "MY======", "M Y", "ÄÄ", "M\u0130"]) {
    assert.equal(base32.decode(text), null, text);
  }
  // Bits that nothing is in, as some issuers leave them.
  assert.deepEqual(base32.decode("MZ"), bytes("f"));
});

// draft-msporny-base58-03, section 5, and the vectors of Bitcoin Core's base58_encode_decode.json.
test("base58 is Bitcoin's", () => {
  const vectors = [
    ["", ""],
    ["48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U"],
    ["54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e", "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"],
    ["0000287fb4cd", "11233QC4"],
    ["61", "2g"],
    ["626262", "a3gV"],
    ["516b6fcd0f", "ABnLTmg"],
    ["572e4794", "3EFU7m"],
    ["10c8511e", "Rt5zm"],
    ["00000000000000000000", "1111111111"],
    ["00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"],
  ];
  for (const [plain, text] of vectors) {
    assert.equal(base58.encode(hex(plain)), text);
    assert.deepEqual(base58.decode(text), hex(plain));
  }
  for (const text of ["0", "O", "I", "l", "a b", "2g=", "ä", "😀"]) assert.equal(base58.decode(text), null, text);
});

test("base64url has one text for the same bytes", () => {
  assert.equal(base64url.encode(hex("fbff")), "-_8");
  assert.deepEqual(base64url.decode("-_8"), hex("fbff"));
  for (let length = 0; length < 32; length += 1) {
    const some = Uint8Array.from({ length }, (_, at) => 255 - at * 3);
    assert.equal(base64url.encode(some), Buffer.from(some).toString("base64url"));
    assert.deepEqual(base64url.decode(base64url.encode(some)), some);
  }
  // The last has bits set that stand for nothing.
  for (const text of ["+/8", "-_8=", "A", "-_ 8", "-_9"]) assert.equal(base64url.decode(text), null, text);
});
