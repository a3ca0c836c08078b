// @ts-check
/** Says what came of something, in the sentences that wait in the page. */

/** @typedef {Record<string, string | number>} Slots what stands for the names in braces */

/** Milliseconds after which it is no longer said that something worked. */
const LASTS = 10_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let passing;

/**
 * @param {string} text
 * @param {Slots} slots
 */
export function filled(text, slots) {
  return text.replace(/\{(\w+)\}/gu, (whole, name) => String(slots[name] ?? whole));
}

/**
 * A length of time in words: up to 90 seconds in seconds, longer in minutes rounded up.
 * @param {number} secs
 */
export function span(secs) {
  const forms = place().dataset.forms?.split("|") ?? [];
  const long = secs > 90;
  const n = Math.ceil(long ? secs / 60 : secs);
  return filled(forms[(long ? 2 : 0) + (n === 1 ? 0 : 1)] ?? "", { n });
}

/**
 * Where notes go: into the dialog while one is open, as nothing else is in reach then.
 * @returns {HTMLElement}
 */
function place() {
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("dialog[open] [data-says], main > [data-says]"));
  return [...places].find((it) => it.closest("dialog")) ?? /** @type {HTMLElement} */ (places[0]);
}

/** @param {string} selector @returns {DocumentFragment | null} */
function copyOf(selector) {
  const template = document.querySelector(selector);
  return template instanceof HTMLTemplateElement ? /** @type {DocumentFragment} */ (template.content.cloneNode(true)) : null;
}

/**
 * @param {string} when which sentence
 * @param {Slots} [slots]
 * @param {() => void} [undo] takes it back
 */
export function say(when, slots = {}, undo) {
  const note = copyOf(`template[data-when="${when}"]`) ?? copyOf('template[data-when="failed"]');
  if (!note) return;
  for (const p of note.querySelectorAll("p")) p.textContent = filled(p.textContent ?? "", slots);
  const button = undo && copyOf("template[data-undo]");
  if (button) {
    button.querySelector("button")?.addEventListener("click", undo, { once: true });
    note.firstElementChild?.append(button);
  }
  hush();
  const passes = !undo && note.querySelector('[role="status"]');
  place().replaceChildren(note);
  if (passes) passing = setTimeout(hush, LASTS);
}

/** Takes back what was said. */
export function hush() {
  clearTimeout(passing);
  for (const it of document.querySelectorAll("[data-says]")) it.replaceChildren();
}
