// The machine's Chromium if CHROMIUM_PATH names one, else Playwright's own.
export const chromium = {
  browserName: "chromium" as const,
  locale: "en-GB",
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH || undefined,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  },
};
