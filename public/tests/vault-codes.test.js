// HOTP and TOTP against the RFCs' vectors and the real `oathtool`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import * as base32 from "../vault/base32.js";
import { Codes, hotp, step, totp } from "../vault/code.js";
import { check } from "../vault/otp.js";

/** The RFCs' ASCII seeds: "1234567890" over and over. */
const seed = (/** @type {number} */ length) => base32.encode(new Uint8Array(Buffer.from("1234567890".repeat(7).slice(0, length))));
const SEEDS = { SHA1: seed(20), SHA256: seed(32), SHA512: seed(64) };

test("HOTP codes are those of RFC 4226, appendix D", async () => {
  const codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
  const otp = check({ type: "hotp", secret: SEEDS.SHA1, counter: 0 });
  for (const [counter, code] of codes.entries()) assert.equal(await hotp(otp, counter), code);
});

test("TOTP codes are those of RFC 6238, appendix B", async () => {
  const vectors = [
    [59, "94287082", "46119246", "90693936"],
    [1111111109, "07081804", "68084774", "25091201"],
    [1111111111, "14050471", "67062674", "99943326"],
    [1234567890, "89005924", "91819424", "93441116"],
    [2000000000, "69279037", "90698825", "38618901"],
    [20000000000, "65353130", "77737706", "47863826"],
  ];
  for (const [seconds, ...codes] of vectors) {
    for (const [at, algorithm] of Object.keys(SEEDS).entries()) {
      const otp = check({ secret: SEEDS[algorithm], algorithm, digits: 8 });
      assert.equal(await totp(otp, seconds), codes[at], `${algorithm} at ${seconds}`);
    }
  }
});

test("codes equal oathtool's for every algorithm, number of digits and period", async () => {
  const secret = "MFRGGZDFMZTWQ2LKNNWG23TPOA";
  for (const algorithm of ["SHA1", "SHA256", "SHA512"]) {
    for (const digits of [6, 7, 8]) {
      for (const period of [15, 20, 30, 45, 60]) {
        const otp = check({ secret, algorithm, digits, period });
        for (const seconds of [0, 1111111109, 1763800000, 4102444799]) {
          const how = [`--totp=${algorithm}`, "--base32", `--digits=${digits}`, `--time-step-size=${period}s`, `--now=@${seconds}`];
          // The code and the five after it.
          const codes = execFileSync("oathtool", [...how, "--window=5", secret], { encoding: "utf8" }).trim().split("\n");
          const ours = await Promise.all(codes.map((_, later) => totp(otp, seconds + later * period)));
          assert.deepEqual(ours, codes, how.join(" "));
        }
      }
    }
  }
});

test("HOTP codes equal oathtool's, far counters too", async () => {
  for (const digits of [6, 7, 8]) {
    for (const counter of [0, 9, 2 ** 31, 2 ** 32, 2 ** 53 - 4]) {
      const otp = check({ type: "hotp", secret: "JBSWY3DPEHPK3PXP", digits, counter });
      const how = ["--hotp", "--base32", `--digits=${digits}`, `--counter=${counter}`, "--window=3", "JBSWY3DPEHPK3PXP"];
      const codes = execFileSync("oathtool", how, { encoding: "utf8" }).trim().split("\n");
      assert.deepEqual(await Promise.all(codes.map((_, later) => hotp(otp, counter + later))), codes);
    }
  }
});

test("a step tells what is left of it, to the fraction", () => {
  assert.deepEqual(step({ period: 30 }, 59), { counter: 1, left: 1 });
  assert.deepEqual(step({ period: 30 }, 60), { counter: 2, left: 30 });
  assert.deepEqual(step({ period: 60 }, 89.75), { counter: 1, left: 30.25 });
});

test("codes that are kept are those that are made", async () => {
  const codes = new Codes();
  const otp = check({ type: "hotp", secret: SEEDS.SHA1, counter: 0 });
  for (const counter of [0, 1, 1, 2, 0, 9, 8, 9]) assert.equal(await codes.at(otp, counter), await hotp(otp, counter));
  const other = { ...otp, digits: 8 };
  assert.equal(await codes.at(other, 0), await hotp(other, 0));
  assert.equal(codes.at(otp, 9), codes.at(otp, 9), "not made twice");
  const first = codes.at(otp, 0);
  for (const counter of [1, 2, 3]) await codes.at(otp, counter);
  assert.notEqual(codes.at(otp, 0), first, "nor kept for ever");
});
