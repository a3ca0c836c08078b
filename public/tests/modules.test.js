// The modules as files: whose they are, and that their types are checked.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const file = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("the QR library is the package that end2end/package.json names, unchanged", () => {
  const { version } = JSON.parse(file("end2end/node_modules/qr/package.json"));
  assert.equal(version, JSON.parse(file("end2end/package.json")).devDependencies.qr, "npm ci in end2end/");
  const copied = readdirSync(new URL("../qr/vendor", import.meta.url));
  assert.deepEqual(copied.sort(), ["LICENSE-MIT", "decode.js", "index.js"]);
  for (const name of copied) {
    assert.equal(file(`public/qr/vendor/${name}`), file(`end2end/node_modules/qr/${name}`), `${name}: make qr-library`);
  }
});

test("the types of every module of ours are checked, and none makes code of text or keeps anything in the browser", () => {
  const modules = readdirSync(new URL("..", import.meta.url), { recursive: true, encoding: "utf8" }).filter((path) => /^(?:vault|qr)\/.*\.js$/u.test(path));
  assert.ok(modules.length > 15, modules.join());
  for (const path of modules) {
    const text = file(`public/${path}`);
    if (!path.includes("/vendor/")) assert.match(text, /^\/\/ @ts-check\n\/\*\*/u, path);
    assert.doesNotMatch(text, /\beval\(|new Function|WebAssembly|localStorage|indexedDB|document\.cookie|console\./u, path);
  }
});
