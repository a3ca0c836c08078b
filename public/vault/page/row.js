// @ts-check
/** One entry in the list. */
import { step } from "../code.js";
import { the } from "./parts.js";
import { filled } from "./says.js";

/** @typedef {import("../vault.js").Entry} Entry */
/** @typedef {import("../vault.js").Vault} Vault */
/** @typedef {{ copy: (row: Row) => void, press: (row: Row) => void, edit: (entry: Entry) => void }} Acts what its buttons do */

/** So many seconds before a code ends, the one after it is shown as well. */
const NEXT_IS_NEAR = 5;

/** @param {string} code in two halves that stay on one line */
export function grouped(code) {
  const half = Math.ceil(code.length / 2);
  return `${code.slice(0, half)}\u00a0${code.slice(half)}`;
}

/** @param {Entry} entry @param {DOMStringMap} words */
export function nameOf({ otp, flaw }, words) {
  if (flaw) return words.broken ?? "";
  return otp?.issuer || otp?.account || words.noName || "";
}

export class Row {
  /** The code in sight. @type {string | null} */
  code = null;
  /** The step that it is of. @type {number | null} */
  #step = null;
  #next = "";
  #words;
  #at;

  /** @param {HTMLTemplateElement} template @param {Entry} entry @param {Acts} acts */
  constructor(template, entry, acts) {
    this.entry = entry;
    this.#words = template.dataset;
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.element = the(HTMLLIElement, "li", copy);
    const find = (/** @type {string} */ name) => the(HTMLElement, `[data-${name}]`, copy);
    this.#at = { name: find("name"), account: find("account"), badge: find("badge"), code: find("code"), next: find("next-code"), press: find("next-press"), edit: find("edit"), ring: the(SVGElement, "[data-ring]", copy), left: the(SVGElement, "[data-left]", copy) };
    this.#at.code.addEventListener("click", () => acts.copy(this));
    this.#at.press.addEventListener("click", () => acts.press(this));
    this.#at.edit.addEventListener("click", () => acts.edit(this.entry));
    this.become(entry);
  }

  get name() {
    return nameOf(this.entry, this.#words);
  }

  /** @param {string} term in lower case */
  matches(term) {
    const { otp } = this.entry;
    return `${otp?.issuer ?? ""}\n${otp?.account ?? ""}`.toLowerCase().includes(term);
  }

  /** The entry as it is now. A code in sight stays, if it is still one of it. @param {Entry} entry */
  become(entry) {
    const { otp, flaw, format } = entry;
    const isOther = entry.blob !== this.entry.blob && otp?.type !== "hotp";
    this.entry = entry;
    if (isOther) this.#forget();
    const { name, account, badge, code, press, edit, ring } = this.#at;
    name.textContent = this.name;
    account.textContent = flaw ? flawOf(flaw) : otp?.issuer ? otp.account : "";
    badge.hidden = format !== "old";
    this.element.classList.toggle("broken", Boolean(flaw));
    press.hidden = otp?.type !== "hotp";
    ring.toggleAttribute("hidden", otp?.type !== "totp");
    code.hidden = this.code === null;
    press.setAttribute("aria-label", filled(this.#words.press ?? "", { name: this.name }));
    edit.setAttribute("aria-label", filled(this.#words.edit ?? "", { name: this.name }));
  }

  #forget() {
    this.code = null;
    this.#step = null;
    this.#next = "";
  }

  /** @param {string} code */
  showCode(code) {
    this.code = code;
    this.#at.code.textContent = grouped(code);
    this.#at.code.hidden = false;
    this.#at.code.setAttribute("aria-label", filled(this.#words.copyCode ?? "", { code: grouped(code), name: this.name }));
  }

  /** Once a second while it is in sight. @param {Vault} vault @param {number} seconds since the epoch */
  async tick(vault, seconds) {
    const { entry } = this;
    if (entry.otp?.type !== "totp") return;
    const now = step(entry.otp, seconds);
    if (now.counter !== this.#step) {
      this.#step = now.counter;
      const { code, next } = await vault.codeOf(entry, seconds);
      // It may have become another one meanwhile, and forgotten the step.
      if (this.#step !== now.counter) return;
      this.#next = filled(this.#words.next ?? "", { code: grouped(next ?? "") });
      this.showCode(code);
    }
    const gone = Math.round(100 * (1 - now.left / entry.otp.period));
    this.#at.left.setAttribute("stroke-dashoffset", String(gone));
    const near = now.left <= NEXT_IS_NEAR ? this.#next : "";
    if (this.#at.next.textContent !== near) this.#at.next.textContent = near;
  }
}

/** @param {string} flaw */
function flawOf(flaw) {
  const template = document.querySelector(`template[data-flaw="${flaw}"]`);
  return template instanceof HTMLTemplateElement ? template.content.textContent : flaw;
}
