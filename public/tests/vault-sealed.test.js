// What the server gets: ids, keys and blobs, against published vectors and other programs' work.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import * as base58 from "../vault/base58.js";
import * as base64url from "../vault/base64url.js";
import { Flaw } from "../vault/flaw.js";
import { decrypt, encrypt } from "../vault/gcm.js";
import { derived, identify, newUuid } from "../vault/identity.js";
import { openOld, sealOld } from "../vault/old.js";
import { open, seal } from "../vault/sealed.js";

const UUID = "5dae9a2e-8f0b-4f5a-9d5e-1f2a3b4c5d6e";
const hex = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, "hex"));
const flaw = (/** @type {string} */ code) => (/** @type {unknown} */ error) => error instanceof Flaw && error.code === code;

const ENTRY = Object.freeze({
  v: 2,
  id: "0b0c8a3e-3f5e-4b7a-9a51-6f3f5f0d2c11",
  rev: 7,
  type: "hotp",
  issuer: "Zoë & Söhne",
  account: "ada@example.org",
  secret: "JBSWY3DPEHPK3PXP",
  algorithm: "SHA256",
  digits: 8,
  counter: 41,
});

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 13 to 16 (AES-256, 96 bits of nonce).
test("AES-GCM is that of its specification", async () => {
  const key = "feffe9928665731c6d6a8f9467308308".repeat(2);
  const plain =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
  const cipher =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
  const cases = [
    ["00".repeat(32), "00".repeat(12), "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"],
    ["00".repeat(32), "00".repeat(12), "00".repeat(16), "", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"],
    [key, "cafebabefacedbaddecaf888", plain, "", cipher, "b094dac5d93471bdec1a502270e3cc6c"],
    [key, "cafebabefacedbaddecaf888", plain.slice(0, 120), "feedfacedeadbeeffeedfacedeadbeefabaddad2", cipher.slice(0, 120), "76fc6ece0f4e1768cddf8853bb2d551b"],
  ];
  for (const [secret, nonce, text, place, sealed, tag] of cases) {
    const imported = await crypto.subtle.importKey("raw", hex(secret), "AES-GCM", false, ["encrypt", "decrypt"]);
    assert.equal(Buffer.from(await encrypt(imported, hex(nonce), hex(text), hex(place))).toString("hex"), sealed + tag);
    assert.deepEqual(await decrypt(imported, hex(nonce), hex(sealed + tag), hex(place)), hex(text));
    assert.equal(await decrypt(imported, hex(nonce), hex(sealed + tag), hex(`${place}00`)), null);
  }
});

test("HKDF is that of RFC 5869, appendix A.3: no salt, no info", async () => {
  const made = await derived(hex("0b".repeat(22)), "", 42);
  assert.equal(
    Buffer.from(made).toString("hex"),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
});

test("the id of our list is what HMAC alone makes of the UUID", async () => {
  // RFC 5869, section 2: extract with a salt of zeros, then one block of expand.
  const extracted = createHmac("sha256", Buffer.alloc(32)).update(hex(UUID.replaceAll("-", ""))).digest();
  const expanded = createHmac("sha256", extracted).update("postern vault v2 id\u0001").digest();
  const { own } = await identify(UUID);
  assert.equal(own.id, base58.encode(expanded.subarray(0, 16)));
  // The same by Python's `hmac` and `base58`.
  assert.equal(own.id, "SMjAXW6qsBNxKCXueM5D4Y");
});

// `open2fa` 1.4.6 from PyPI: `from open2fa.common import O2FAUUID; O2FAUUID(UUID).o2fa_id`. The last one's SHA-256 begins
// with a zero byte.
test("the id of the old list is open2fa's", async () => {
  const ids = {
    [UUID]: "QEVYgrYrB1Tmu9WV1ho3qy",
    "00000000-0000-0000-0000-000000000000": "7puKp14GHe7xUQZe3X4Rz7",
    "ffffffff-ffff-ffff-ffff-ffffffffffff": "CD9S3enMWn7LhkUMGE75iz",
    "00000000-0000-0000-0000-0000000000de": "13qdz9UttJJad26FzzFRjh",
  };
  for (const [uuid, id] of Object.entries(ids)) assert.equal((await identify(uuid)).old.id, id);
});

test("a UUID may be typed in any way, and nothing else opens a vault", async () => {
  const { own } = await identify(UUID);
  const hexOnly = UUID.replaceAll("-", "");
  for (const text of [` ${UUID}\n`, UUID.toUpperCase(), hexOnly, `{${UUID}}`, `urn:uuid:${UUID}`, `URN:UUID:${UUID}`, hexOnly.replace(/(.{4})/gu, "$1 ")]) {
    const found = await identify(text);
    assert.deepEqual([found.uuid, found.own.id], [UUID, own.id], text);
  }
  for (const text of ["", "-", UUID.slice(1), `${UUID}0`, UUID.replace("a", "g"), `urn:${UUID}`, "٠".repeat(32)]) {
    await assert.rejects(identify(text), flaw("uuid"), text);
  }
});

test("a new UUID is of version 4, and no key can be exported", async () => {
  const made = new Set(Array.from({ length: 100 }, newUuid));
  assert.equal(made.size, 100);
  for (const uuid of made) assert.match(uuid, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u);
  const { own, old } = await identify(UUID);
  for (const { key } of [own, old]) await assert.rejects(crypto.subtle.exportKey("raw", key));
});

test("an entry comes back as it was sealed", async () => {
  const { own } = await identify(UUID);
  const { counter: _, ...common } = ENTRY;
  for (const entry of [ENTRY, { ...common, type: "totp", period: 45 }, { ...ENTRY, counter: Number.MAX_SAFE_INTEGER }]) {
    const blob = await seal(own, entry);
    assert.match(blob, /^v2\.[\w-]+$/u);
    assert.deepEqual(await open(own, blob), entry);
  }
});

// Sealed by Python's `cryptography` (AESGCM) under the key that `hmac` makes, with nonce 000102…0b, from the JSON that
// `json.dumps(entry, ensure_ascii=False, separators=(",", ":"))` writes.
test("an entry that another program sealed opens", async () => {
  const blob =
    "v2.AAECAwQFBgcICQoLtKFle-zOi5wdEktuOIOxO4K2Fn8cB7pPaCSuOgP06v1xMX9peEBZYFM4tB0PqyR6SX7YAIDWzOR5KcJQ9w1NP2wpBkoKP2vK99L01Oh5erzjODd0eVTs4j4uTxFKqjNmdgObjcfyhaLOHOHc138p3Zo1gkJf6nmA33mfsGBhomGrF39eP0zrKlmAPNBuuVjPKcqu4NmDDB95qdO6pan0Gf5DoDXn0oJ8LBPzSH1PLIuzD5czUowLr-lyvwtyInMue2a-NUiLOJIFgpW_v72PxhNmyYVbGBw";
  assert.deepEqual(await open((await identify(UUID)).own, blob), ENTRY);
});

test("1,000 seals have 1,000 nonces", async () => {
  const { own } = await identify(UUID);
  const blobs = await Promise.all(Array.from({ length: 1000 }, () => seal(own, ENTRY)));
  assert.equal(new Set(blobs.map((blob) => blob.slice(3, 3 + 16))).size, 1000);
});

test("a blob with any bit of it changed is a flaw, never an entry", async () => {
  const { own } = await identify(UUID);
  const bytes = base64url.decode((await seal(own, ENTRY)).slice(3));
  for (let at = 0; at < bytes.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = bytes.slice();
      changed[at] ^= 1 << bit;
      await assert.rejects(open(own, `v2.${base64url.encode(changed)}`), flaw("changed"), `bit ${bit} of byte ${at}`);
    }
  }
});

test("a blob with any character changed, missing or too many is a flaw", async () => {
  const { own } = await identify(UUID);
  const blob = await seal(own, ENTRY);
  for (let at = 0; at < blob.length; at += 1) {
    for (const other of ["A", "B", "-", "=", " ", ""].filter((char) => char !== blob[at])) {
      await assert.rejects(open(own, blob.slice(0, at) + other + blob.slice(at + 1)), Flaw, `${other} at ${at}`);
    }
  }
  for (let length = 0; length < blob.length; length += 1) await assert.rejects(open(own, blob.slice(0, length)), Flaw);
  for (const more of ["A", "AAAA", "=", "\n", ".", blob]) await assert.rejects(open(own, blob + more), Flaw);
});

test("another vault's blob does not open, under one's own key either", async () => {
  const [mine, other] = await Promise.all([identify(UUID), identify(newUuid())]);
  await assert.rejects(open(mine.own, await seal(other.own, ENTRY)), flaw("changed"));
  await assert.rejects(open(mine.own, await seal({ ...mine.own, id: other.own.id }, ENTRY)), flaw("changed"));
});

test("what is no blob of ours, and what we do not know in one, is told apart", async () => {
  const { own } = await identify(UUID);
  for (const blob of ["", "v2.", "v1.AAAA", "V2.AAAA", "v2.AAAA", "v2.!", "4vJguvVeXhcPYCuKR25gF8DeXEoDP3aBf226fQJaubxM"]) {
    await assert.rejects(open(own, blob), flaw("shape"), blob);
  }
  const place = new TextEncoder().encode(own.id);
  const sealed = async (/** @type {string} */ json) => {
    const nonce = new Uint8Array(12);
    return `v2.${base64url.encode(new Uint8Array([...nonce, ...(await encrypt(own.key, nonce, new TextEncoder().encode(json), place))]))}`;
  };
  assert.deepEqual(await open(own, await sealed(JSON.stringify({ ...ENTRY, colour: "blue" }))), ENTRY, "what is new is passed over");
  const strange = [{ v: 3 }, { rev: 0 }, { rev: "7" }, { rev: 1.5 }, { id: "" }, { id: 7 }, { type: "steam" }, { secret: "" }, { secret: "1" }, { algorithm: "MD5" }, { digits: 5 }, { counter: -1 }, { counter: null }, { issuer: "x".repeat(201) }];
  const texts = ["", "null", "[]", "7", "{", JSON.stringify({ ...ENTRY, id: undefined }), ...strange.map((one) => JSON.stringify({ ...ENTRY, ...one }))];
  for (const text of texts) await assert.rejects(open(own, await sealed(text)), flaw("content"), text);
});

// `O2FAUUID(UUID).remote.encrypt(secret)` of `open2fa` 1.4.6.
test("old entries are open2fa's, byte for byte", async () => {
  const { old } = await identify(UUID);
  const kept = {
    JBSWY3DPEHPK3PXP: "4vJguvVeXhcPYCuKR25gF8DeXEoDP3aBf226fQJaubxM",
    GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ: "A5fd494Ymxd4CLkZqeui8T559RayPBxWKfxs7KYrLpxTpxgNWEpsTeT982Wsf4Roes",
    // The program decodes padded secrets only, and so this is what it sealed.
    MFRGGZDFMZTWQ: "GtcrXhDvU6E6m7D5i7rDX3uq3m9czcb3HfD65hesjXXu",
  };
  for (const [secret, blob] of Object.entries(kept)) {
    assert.equal(await sealOld(old, secret), blob);
    assert.equal(await openOld(old, blob), secret);
  }
  // It keeps a secret as it was typed: here in lower case.
  assert.equal(await openOld(old, "5SaKGyQ1idQ1p2uG8ceRWmHNhJjeCaYaMh6dQEPLbBQD"), "JBSWY3DPEHPK3PXP");
});

test("what is no old entry is a flaw", async () => {
  const { old } = await identify(UUID);
  const other = await identify(newUuid());
  const foreign = await sealOld(other.old, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  for (const blob of ["", "0", "abc", "v2.AAAA", `${foreign}1`, foreign, "1".repeat(701), "z".repeat(300_000)]) {
    await assert.rejects(openOld(old, blob), flaw("shape"), blob.slice(0, 80));
  }
});
