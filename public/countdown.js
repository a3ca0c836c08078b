// @ts-check
/**
 * Keeps times that run out right. The server says how many seconds were left when it wrote the page, so the viewer's
 * clock does not matter. Every word comes from the page.
 *
 * On an element: `data-left` seconds, `data-forms` the four forms of a span, `data-over` what stands there afterwards,
 * `data-again` seconds to begin anew with, `data-reload` to load the page anew. `data-n` inside holds the span.
 * `progress[data-drain]` empties with time.
 */

/**
 * Up to 90 seconds in seconds, longer in minutes rounded up.
 * @param {number} secs
 * @param {string[]} forms one second, seconds, one minute, minutes
 */
export function span(secs, forms) {
  const long = secs > 90;
  const n = long ? Math.ceil(secs / 60) : secs;
  const form = forms[(long ? 2 : 0) + (n === 1 ? 0 : 1)] ?? "";
  return form.replace("{n}", String(n));
}

/**
 * Whole seconds left, and whether the time is over.
 * @param {number} left seconds at the beginning
 * @param {number} gone seconds since
 * @param {number} [again] seconds of each further round
 */
export function remaining(left, gone, again) {
  const rest = left - gone;
  if (rest > 0) return { secs: Math.ceil(rest), over: false };
  if (!again) return { secs: 0, over: true };
  return { secs: Math.ceil(again - (-rest % again)), over: false };
}

function start() {
  const began = performance.now();
  const ticking = new Set(document.querySelectorAll("[data-left]"));
  const bars = [...document.querySelectorAll("progress[data-drain]")].map((bar) => ({ bar, full: Number(bar.getAttribute("value")) }));

  function tick() {
    const gone = (performance.now() - began) / 1000;
    for (const { bar, full } of bars) bar.setAttribute("value", String(Math.max(0, Math.round(full - gone))));
    for (const element of ticking) show(element, gone);
    if (ticking.size > 0) setTimeout(tick, 1000 - ((performance.now() - began) % 1000));
  }

  /** @param {Element} element @param {number} gone */
  function show(element, gone) {
    const left = Math.max(1, Number(element.getAttribute("data-left")));
    const again = Number(element.getAttribute("data-again") ?? 0);
    const { secs, over } = remaining(left, gone, again);
    if (!over) {
      const n = element.querySelector("[data-n]");
      const text = span(secs, (element.getAttribute("data-forms") ?? "").split("|"));
      if (n && n.textContent !== text) n.textContent = text;
      return;
    }
    ticking.delete(element);
    element.textContent = element.getAttribute("data-over");
    if (element.hasAttribute("data-reload")) location.reload();
  }

  tick();
}

if (typeof document !== "undefined") start();
