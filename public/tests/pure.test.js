// The parts of our modules that need no browser: `node --test public/tests/`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { withoutSpaces } from "../copy.js";
import { remaining, span } from "../countdown.js";
import { inWords } from "../local-time.js";
import { file } from "../save.js";

const LONG = ["1 second", "{n} seconds", "1 minute", "{n} minutes"];

test("short spans are told in seconds and long ones in minutes rounded up", () => {
  assert.equal(span(1, LONG), "1 second");
  assert.equal(span(90, LONG), "90 seconds");
  assert.equal(span(91, LONG), "2 minutes");
  assert.equal(span(0, LONG), "0 seconds");
});

test("what is over stays over, unless it begins again", () => {
  assert.deepEqual(remaining(17, 0.2, 0), { secs: 17, over: false });
  assert.deepEqual(remaining(17, 17, 0), { secs: 0, over: true });
  assert.deepEqual(remaining(17, 17, 30), { secs: 30, over: false });
  assert.deepEqual(remaining(17, 48.5, 30), { secs: 29, over: false });
});

test("times are the viewer's, with the date only on another day", () => {
  const moment = new Date("2026-09-21T21:52:00Z");
  assert.equal(inWords(moment, new Date("2026-09-21T21:58:00Z"), "Europe/Paris", "en-GB"), "23:52");
  assert.equal(inWords(moment, new Date("2026-09-22T22:10:00Z"), "Europe/Paris", "en-GB"), "21 Sept, 23:52");
  assert.equal(inWords(moment, new Date("2027-01-02T22:10:00Z"), "Europe/Paris", "en-GB"), "21 Sept 2026, 23:52");
});

test("a key is copied without the spaces it is shown with", () => {
  assert.equal(withoutSpaces("JBSW Y3DP \n EHPK"), "JBSWY3DPEHPK");
});

test("a file has one line each, and an empty one between groups", () => {
  const [head, codes] = [{}, {}];
  const lines = [
    { text: "Recovery codes\n for  Postern", group: head },
    { text: "k7qm-x3fp", group: codes },
    { text: " 9t2w-hc4v ", group: codes },
  ];
  assert.equal(file(lines), "Recovery codes for Postern\r\n\r\nk7qm-x3fp\r\n9t2w-hc4v\r\n");
  assert.equal(file([]), "\r\n");
});
