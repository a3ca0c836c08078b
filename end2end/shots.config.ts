// Pictures of every page in every state, for looking: SHOTS=folder npm run shots
import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

export default defineConfig({
  ...journeys,
  testDir: "looking",
  testMatch: "shots.ts",
  projects: journeys.projects?.filter(({ name }) => name === "redis"),
});
