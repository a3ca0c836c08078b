// Every journey on both stores, but for what only one of them can show. A test has a portal of its own, so tests share nothing and run in any order.
import { defineConfig } from "@playwright/test";
import { chromium } from "./outside/browser.ts";
import type { Options } from "./outside/test.ts";

export default defineConfig<Options>({
  testDir: "journeys",
  testMatch: "*.test.ts",
  outputDir: ".cache/results",
  globalSetup: "./outside/binary.ts",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: { ...chromium, trace: "off" },
  projects: [
    // The embedded store is part of the process: there is nothing of it that could go away by itself.
    { name: "embedded", use: { store: "embedded" }, grepInvert: /@store-goes-away/ },
    // How a page looks and is gone through, what a browser does by itself, whether it runs scripts, and what shows after half
    // a minute of waiting, is no matter of the store.
    {
      name: "redis",
      use: { store: "redis" },
      grepInvert: /@looks|@in-browser|@waits|without scripts/,
      testIgnore: /(keyboard|docs|strangers|phone-in-hand)\.test\.ts/,
    },
  ],
});
