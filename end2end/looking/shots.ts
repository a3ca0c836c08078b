// Saves each state at two widths, by day and by night, to the folder that SHOTS names.
import { allWalks } from "./all-walks.ts";
import { join } from "node:path";
import { type Page, test } from "../outside/test.ts";
import { WIDTHS } from "./inspect.ts";
import { toAStoreThatIsAway } from "./walks.ts";

const folder = process.env.SHOTS || "shots";

for (const [where, walk] of allWalks) {
  test(`pictures on the way ${where}`, async ({ visitor }) => {
    test.setTimeout(300_000);
    await walk(visitor, (state) => picture(visitor.page, state));
  });
}

test("a picture of a store that is away", async ({ visitor, redis }) => {
  await toAStoreThatIsAway(visitor, (state) => picture(visitor.page, state), redis);
});

async function picture(page: Page, state: string) {
  for (const width of Object.values(WIDTHS)) {
    await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.screenshot({ path: join(folder, `${state}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: join(folder, `${state}-print.png`), fullPage: true });
  await page.emulateMedia({ media: null });
}
