// What is asked of the server, what its answers mean, and how its clock is told from the device's.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../vault/clock.js";
import { Fault } from "../vault/flaw.js";
import { Server } from "../vault/server.js";
import { KeptLists } from "./kept.js";

/** @param {Partial<Fault>} told */
const fault = (told) => (/** @type {any} */ error) => {
  assert.ok(error instanceof Fault, String(error));
  assert.deepEqual({ kind: error.kind, wait: error.wait, type: error.type, detail: error.detail }, { wait: null, type: null, detail: null, ...told });
  return true;
};

test("lists are added to, replaced in and removed from", async () => {
  const server = new Server(new KeptLists().fetch);
  assert.deepEqual(await server.list("me"), [], "nobody the server knows");
  assert.deepEqual(await server.add("me", [{ enc_secret: "a", name: "A" }, { enc_secret: "b" }]), [
    { enc_secret: "a", name: "A" },
    { enc_secret: "b", name: null },
  ]);
  assert.equal(await server.replace("me", "b", "c"), true);
  assert.equal(await server.replace("me", "b", "d"), false, "it is gone");
  assert.equal(await server.remove("me", [{ enc_secret: "a" }, { enc_secret: "b" }]), 1);
  assert.deepEqual(await server.list("me"), [{ enc_secret: "c", name: null }]);
  assert.deepEqual(await server.list("you"), []);
});

test("a request has the hash in its header, goes without cookies, and asks no cache", async () => {
  /** @type {any[]} */
  const asked = [];
  const server = new Server(async (...request) => {
    asked.push(request);
    return Response.json({ totps: [] });
  }, "/elsewhere");
  await server.add("me", [{ enc_secret: "a", name: null }]);
  const [url, { signal, ...request }] = asked[0];
  assert.equal(url, "/elsewhere/totps");
  assert.ok(signal instanceof AbortSignal);
  assert.deepEqual(request, {
    method: "POST",
    headers: { accept: "application/json", "x-user-hash": "me", "content-type": "application/json" },
    body: '{"totps":[{"enc_secret":"a","name":null}]}',
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
  });
});

test("what the server does not do has a kind", async () => {
  const kept = new KeptLists();
  const server = new Server(kept.fetch);
  const fates = [
    ["away", { kind: "offline" }],
    [429, { kind: "busy", wait: 7 }],
    [507, { kind: "full" }],
    [500, { kind: "down" }],
    [503, { kind: "down" }],
    [400, { kind: "refused", type: "urn:postern:odd", detail: "told so" }],
    [413, { kind: "refused", type: "urn:postern:odd", detail: "told so" }],
  ];
  for (const [fate, told] of fates) {
    for (const act of [() => server.list("me"), () => server.add("me", []), () => server.replace("me", "a", "b"), () => server.remove("me", [])]) {
      kept.next = [fate];
      await assert.rejects(act(), fault(told), String(fate));
    }
  }
});

test("an answer that is none is a fault of the server", async () => {
  const bodies = ["", "<html>", "null", "[]", "{}", '{"totps":7}', '{"totps":[7]}', '{"totps":[{"enc_secret":7}]}', '{"deleted":"1"}'];
  for (const text of bodies) {
    const server = new Server(async () => new Response(text));
    for (const act of [() => server.list("me"), () => server.add("me", []), () => server.remove("me", [])]) {
      await assert.rejects(act(), fault({ kind: "down" }), text);
    }
  }
  for (const text of ["<html>", "null", '{"type":7,"detail":7}']) {
    const wordless = new Server(async () => new Response(text, { status: 400 }));
    await assert.rejects(wordless.list("me"), fault({ kind: "refused" }), text);
  }
  const named = new Server(async () => Response.json({ totps: [{ enc_secret: "a", name: 7 }] }));
  assert.deepEqual(await named.list("me"), [{ enc_secret: "a", name: null }]);
});

test("a clock that is right is heard to be, within what one answer can tell", () => {
  const clock = new Clock();
  assert.deepEqual([clock.offset, clock.uncertainty], [0, Infinity]);
  const noon = Date.parse("2026-11-22T12:00:00Z");
  clock.hear("Sun, 22 Nov 2026 12:00:00 GMT", noon + 400, noon + 600);
  assert.ok(Math.abs(clock.offset) < 1e-6);
  assert.ok(Math.abs(clock.uncertainty - 0.6) < 1e-6, "half a second, and half the way there and back");
  for (const nothing of [null, "", "soon"]) clock.hear(nothing, noon, noon);
  assert.ok(Math.abs(clock.offset) < 1e-6);
});

test("several answers tell more than one, and a clock that is set is heard anew", () => {
  const late = -93.25;
  const clock = new Clock();
  const noon = Date.parse("2026-11-22T12:00:00Z");
  const ask = (/** @type {number} */ at, /** @type {number} */ offset) => {
    const device = at - offset * 1000;
    clock.hear(new Date(at).toUTCString(), device - 30, device + 20);
    assert.ok(Math.abs(clock.offset - offset) <= clock.uncertainty + 1e-6, `${clock.offset}`);
  };
  for (const at of [0, 310, 777, 1490, 5930]) ask(noon + at, late);
  assert.ok(clock.uncertainty < 0.2, `${clock.uncertainty}`);
  ask(noon + 9000, 0.5);
  assert.ok(clock.uncertainty < 0.6);
});

test("every answer is listened to for its time", async () => {
  const server = new Server(async () => Response.json({ totps: [] }, { headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } }));
  assert.equal(server.uncertainty, Infinity);
  await server.list("me");
  assert.ok(Math.abs(server.offset - 3600) <= server.uncertainty && server.uncertainty < 5);
});
