// What a quorum's page does about what its stream tells: `node --test public/tests/`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { move } from "../quorum.js";

const complete = { complete: true };
const incomplete = { complete: false };

test("what the page was made with changes nothing", () => {
  assert.equal(move(complete, true, true, false), "nothing");
  assert.equal(move(incomplete, true, false, false), "nothing");
});

test("whoever asked sees the whole page anew, as there may be a code", () => {
  assert.equal(move(incomplete, false, true, false), "reload");
  assert.equal(move(complete, false, true, false), "reload");
});

test("a custodian keeps what is typed, and sees how many agreed", () => {
  assert.equal(move(incomplete, false, false, false), "sentence");
  assert.equal(move(complete, false, false, true), "sentence");
  assert.equal(move(complete, false, false, false), "reload");
});
