// @ts-check
/** Finds what the page is made of. What is asked for is always there, or the page and its script do not belong together. */

/**
 * @template {Element} T
 * @param {new () => T} kind
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function the(kind, selector, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`nothing is ${selector}`);
  return found;
}

/** @param {string} id @returns {HTMLInputElement} */
export const input = (id) => the(HTMLInputElement, `#${id}`);

/** @param {string} id @returns {HTMLSelectElement} */
export const select = (id) => the(HTMLSelectElement, `#${id}`);

/** @param {string} stage shows it, and no other */
export function show(stage) {
  for (const it of document.querySelectorAll("[data-stage]")) it.toggleAttribute("hidden", it.getAttribute("data-stage") !== stage);
}

/**
 * @param {string} name of the buttons
 * @param {() => void} then
 */
export function onPress(name, then) {
  for (const button of document.querySelectorAll(`button[data-press="${name}"]`)) button.addEventListener("click", then);
}

/**
 * @param {string} name of the form
 * @param {() => void} then
 */
export function onSubmit(name, then) {
  the(HTMLFormElement, `form[data-do="${name}"]`).addEventListener("submit", (event) => {
    event.preventDefault();
    then();
  });
}
