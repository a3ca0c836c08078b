// @ts-check
/** All entries of an open vault: in order, searched, and with codes where somebody can see them. */
import { the } from "./parts.js";
import { Row } from "./row.js";
import { filled } from "./says.js";

/** @typedef {import("../vault.js").Entry} Entry */
/** @typedef {import("../vault.js").Vault} Vault */

/** @type {Record<string, (vault: Vault) => readonly Entry[]>} */
const ORDERS = {
  issuer: ({ entries }) => entries,
  account: ({ entries }) => [...entries].sort(byAccount),
  newest: ({ newestFirst }) => newestFirst,
};

/** @param {Entry} a @param {Entry} b */
function byAccount(a, b) {
  return (a.otp?.account ?? "").localeCompare(b.otp?.account ?? "", undefined, { sensitivity: "base" });
}

export class List {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Set<Row>} */
  #inSight = new Set();
  /** @type {Vault | null} */
  #vault = null;
  #order = "issuer";
  #term = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #place = the(HTMLUListElement, "[data-list]");
  #template = the(HTMLTemplateElement, "template[data-row]");
  #observer = new IntersectionObserver((changes) => this.#seen(changes), { rootMargin: "200px 0px" });

  /** @param {import("./row.js").Acts} acts @param {() => number} clock seconds since the epoch */
  constructor(acts, clock) {
    this.acts = acts;
    this.clock = clock;
  }

  /** @param {Vault} vault */
  open(vault) {
    this.close();
    this.#vault = vault;
    this.refresh();
    this.#tick();
  }

  close() {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
    this.#place.replaceChildren();
    this.#rows.clear();
    this.#inSight.clear();
    this.#vault = null;
    this.#term = "";
  }

  /** What the vault holds now. Rows whose entries are still there stay. */
  refresh() {
    if (!this.#vault) return;
    const before = this.#rows;
    const entries = ORDERS[this.#order]?.(this.#vault) ?? [];
    this.#rows = new Map(entries.map((entry) => [entry.key, this.#rowOf(entry, before.get(entry.key))]));
    for (const [key, row] of before) if (!this.#rows.has(key)) this.#drop(row);
    this.#arrange();
    this.#filter();
    void this.#tickAll([...this.#inSight]);
  }

  /** Brings an entry in sight. @param {Entry} entry */
  reveal({ key }) {
    this.#rows.get(key)?.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} order */
  orderBy(order) {
    this.#order = order;
    this.refresh();
  }

  /** @param {string} term */
  search(term) {
    this.#term = term.trim().toLowerCase();
    this.#filter();
  }

  /** @param {Entry} entry @param {Row | undefined} row */
  #rowOf(entry, row) {
    if (row) {
      row.become(entry);
      return row;
    }
    const made = new Row(this.#template, entry, this.acts);
    this.#observer.observe(made.element);
    return made;
  }

  /** Only what is not in its place is moved: what moves loses the focus. */
  #arrange() {
    let next = this.#place.firstElementChild;
    for (const { element } of this.#rows.values()) {
      if (element === next) next = element.nextElementSibling;
      else this.#place.insertBefore(element, next);
    }
  }

  /** @param {Row} row */
  #drop(row) {
    row.element.remove();
    this.#observer.unobserve(row.element);
    this.#inSight.delete(row);
  }

  #filter() {
    let found = 0;
    for (const row of this.#rows.values()) {
      const fits = row.matches(this.#term);
      row.element.hidden = !fits;
      if (fits) found += 1;
    }
    this.#count(found, this.#rows.size);
  }

  /** @param {number} n @param {number} all */
  #count(n, all) {
    the(HTMLElement, "[data-empty]").hidden = all > 0;
    the(HTMLElement, "[data-bar]").hidden = all < 2;
    const when = n === all ? (all === 1 ? "one" : "all") : n === 0 ? "none" : "some";
    const text = the(HTMLTemplateElement, `template[data-count="${when}"]`).content.textContent ?? "";
    the(HTMLElement, "[data-counted]").textContent = all > 0 ? filled(text, { n, all }) : "";
  }

  /** @param {IntersectionObserverEntry[]} changes */
  #seen(changes) {
    const byElement = new Map([...this.#rows.values()].map((row) => [/** @type {Element} */ (row.element), row]));
    const came = [];
    for (const { target, isIntersecting } of changes) {
      const row = byElement.get(target);
      if (!row) continue;
      if (isIntersecting) {
        this.#inSight.add(row);
        came.push(row);
      } else this.#inSight.delete(row);
    }
    void this.#tickAll(came);
  }

  /** @param {Row[]} rows */
  async #tickAll(rows) {
    const vault = this.#vault;
    if (!vault) return;
    const seconds = this.clock();
    await Promise.all(rows.map((row) => row.tick(vault, seconds)));
  }

  #tick() {
    if (!this.#vault) return;
    void this.#tickAll([...this.#inSight]);
    const seconds = this.clock();
    this.#timer = setTimeout(() => this.#tick(), 1000 * (1 - (seconds % 1)) + 5);
  }
}
