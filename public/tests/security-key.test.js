// The parts of the security key module that need no browser: `node --test public/tests/`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Refused, Unreachable, answer, decode, encode, options, reached, sentence, withoutPasskey } from "../security-key.js";

const bytes = (...numbers) => Uint8Array.from(numbers).buffer;

test("bytes travel as unpadded base64url and come back", () => {
  assert.equal(encode(bytes(0xfb, 0xff)), "-_8");
  assert.equal(encode(bytes()), "");
  assert.deepEqual([...decode("-_8")], [0xfb, 0xff]);
  const all = Uint8Array.from({ length: 256 }, (_, n) => n);
  assert.deepEqual(decode(encode(all)), all);
  assert.equal(encode(all.subarray(1, 3)), "AQI");
});

test("options for a new key get their bytes, and keep the rest", () => {
  const made = options({
    challenge: "AQI",
    rp: { id: "localhost", name: "Postern" },
    user: { id: "Aw", name: "visitor", displayName: "visitor" },
    excludeCredentials: [{ type: "public-key", id: "BA", transports: ["usb"] }],
    timeout: 300000,
  });
  assert.deepEqual([...made.challenge], [1, 2]);
  assert.deepEqual([...made.user.id], [3]);
  assert.equal(made.user.name, "visitor");
  assert.deepEqual([...made.excludeCredentials[0].id], [4]);
  assert.deepEqual(made.excludeCredentials[0].transports, ["usb"]);
  assert.equal(made.timeout, 300000);
});

test("options for a known key get theirs", () => {
  const made = options({ challenge: "AQI", rpId: "localhost", allowCredentials: [{ type: "public-key", id: "BA" }] });
  assert.deepEqual([...made.allowCredentials[0].id], [4]);
  assert.equal("user" in made, false);
});

test("without a passkey nothing else about the options changes", () => {
  const asked = { rp: { id: "localhost" }, authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" } };
  const plain = withoutPasskey(asked);
  assert.deepEqual(plain, { rp: { id: "localhost" }, authenticatorSelection: { residentKey: "discouraged", userVerification: "preferred" } });
  assert.equal(asked.authenticatorSelection.residentKey, "preferred");
});

const credential = { id: "AQ", rawId: bytes(1), type: "public-key", authenticatorAttachment: null };

test("a new key's answer has its transports, if the browser tells them", () => {
  const response = { clientDataJSON: bytes(2), attestationObject: bytes(3) };
  const told = answer({ ...credential, response: { ...response, getTransports: () => ["usb", "nfc"] } });
  assert.deepEqual(told.response, { clientDataJSON: "Ag", attestationObject: "Aw", transports: ["usb", "nfc"] });
  assert.equal(told.rawId, "AQ");
  assert.equal("authenticatorAttachment" in JSON.parse(JSON.stringify(told)), false);
  assert.deepEqual(answer({ ...credential, response }).response.transports, []);
});

test("a known key's answer has a user handle or none, never an empty one", () => {
  const response = { clientDataJSON: bytes(2), authenticatorData: bytes(3), signature: bytes(4) };
  const handle = (userHandle) => answer({ ...credential, response: { ...response, userHandle } }).response.userHandle;
  assert.equal(handle(bytes(5)), "BQ");
  assert.equal(handle(null), null);
  assert.equal(handle(undefined), null);
  assert.equal(handle(bytes()), null);
});

test("every refusal has its sentence", () => {
  const named = (name) => sentence(Object.assign(new Error(name), { name }));
  assert.equal(named("NotAllowedError"), "cancelled");
  assert.equal(named("AbortError"), "cancelled");
  assert.equal(named("InvalidStateError"), "already");
  assert.equal(named("ConstraintError"), "pin");
  assert.equal(named("SecurityError"), "elsewhere");
  assert.equal(named("NotSupportedError"), "unsupported");
  assert.equal(named("UnknownError"), "failed");
  assert.equal(sentence(undefined), "failed");
});

test("a ceremony that gives nothing or throws a TypeError was cancelled, and the portal did answer", () => {
  assert.equal(sentence(new TypeError("Cannot read properties of undefined")), "cancelled");
  for (const nothing of [null, undefined, {}, { response: null }]) {
    assert.throws(() => answer(nothing), (error) => sentence(error) === "cancelled");
  }
});

test("a portal that cannot be reached, or answers what cannot be read, is away", async () => {
  for (const act of [async () => { throw new TypeError("Failed to fetch"); }, async () => JSON.parse("<html>"), async () => options(undefined)]) {
    await assert.rejects(reached(act), (error) => error instanceof Unreachable && sentence(error) === "away");
  }
  assert.equal(await reached(async () => 7), 7);
});

test("what the portal refuses is told by the page itself, but for haste and outages", () => {
  for (const status of [401, 404, 409]) assert.equal(sentence(new Refused(status)), null);
  assert.equal(sentence(new Refused(429)), "often");
  assert.equal(sentence(new Refused(503)), "away");
});
