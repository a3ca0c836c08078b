// What must hold of any page in any state: no barrier that axe knows of, and nothing wider than the screen.
import { type Page, expect } from "@playwright/test";
import axe from "axe-core";

export const WIDTHS = { phone: 390, desk: 1280 } as const;
const NARROWEST = 320;
const HEIGHT = 844;

export async function inspect(page: Page, state: string) {
  await page.evaluate(axe.source);
  for (const width of [WIDTHS.desk, NARROWEST, WIDTHS.phone]) {
    await page.setViewportSize({ width, height: HEIGHT });
    expect.soft(await overflow(page), `${state}: wider than ${width}`).toEqual([]);
    if (width === NARROWEST) continue;
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      expect.soft(await barriers(page), `${state}, ${width} px, ${colorScheme}`).toEqual([]);
    }
  }
}

/** What reaches out of the screen to the right. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((it) => it.getBoundingClientRect().right > clientWidth + 0.5);
    return wide.map((it) => `${it.tagName}.${it.getAttribute("class")}`);
  });
}

function barriers(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`));
  });
}
