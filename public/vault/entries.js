// @ts-check
/** What both lists of a vault hold, opened. One that does not open is an entry too, so that the others are still there. */
import { Flaw } from "./flaw.js";
import { ofOld, openOld } from "./old.js";
import { open } from "./sealed.js";

/**
 * @typedef {import("./identity.js").Identity} Identity
 * @typedef {import("./otp.js").Otp} Otp
 * @typedef {import("./server.js").Kept} Kept
 *
 * @typedef {object} Entry is never changed: another revision is another object with the same key
 * @property {string} key stable in this tab
 * @property {"own" | "old"} format
 * @property {string} blob what the server has
 * @property {string | null} name what the server has beside it, for an old one
 * @property {Otp | null} otp `null` when it could not be read
 * @property {string | null} flaw the code of a Flaw: `shape`, `changed`, `content`, or `superseded`: a later revision was seen
 * @property {number} rev 0 for an old one
 * @property {string} id empty for an old one
 * @property {boolean} unread `otp` is `null`
 */

/** Opens entries, and knows those again that it opened before. */
export class Reader {
  #identity;
  /** @type {Map<string, Promise<Entry>>} by blob and name */
  #opened = new Map();
  /** @type {Map<string, string>} from what stays the same to a key */
  #keys = new Map();
  /** @type {Map<string, number>} the last revision by id */
  #revs = new Map();

  /** @param {Identity} identity */
  constructor(identity) {
    this.#identity = identity;
  }

  /**
   * All entries, in order.
   * @param {Kept[]} own
   * @param {Kept[]} old
   */
  async read(own, old) {
    this.#opened = new Map([...own.map((kept) => this.#open("own", kept)), ...old.map((kept) => this.#open("old", kept))]);
    return this.#withoutPast(await Promise.all(this.#opened.values())).sort(inOrder);
  }

  /**
   * Of the revisions of one entry only the last that was ever seen here is good. A server that keeps its promises has no
   * other.
   * @param {Entry[]} entries
   */
  #withoutPast(entries) {
    for (const { id, rev } of entries) this.#revs.set(id, Math.max(rev, this.#revs.get(id) ?? 0));
    const there = new Set();
    return entries.map((entry) => {
      if (!entry.id || (entry.rev === this.#revs.get(entry.id) && !there.has(entry.id))) {
        there.add(entry.id);
        return entry;
      }
      return { ...entry, key: this.#key(`blob ${entry.blob}`), otp: null, flaw: "superseded", unread: true };
    });
  }

  /** @param {"own" | "old"} format @param {Kept} kept @returns {[mark: string, Promise<Entry>]} */
  #open(format, kept) {
    const mark = `${format} ${kept.enc_secret} ${kept.name}`;
    return [mark, this.#opened.get(mark) ?? (format === "own" ? this.#own(kept) : this.#old(kept))];
  }

  /** @param {Kept} kept @returns {Promise<Entry>} */
  async #own({ enc_secret: blob }) {
    const plain = { format: /** @type {const} */ ("own"), blob, name: null };
    try {
      const { v: _, id, rev, ...otp } = await open(this.#identity.own, blob);
      return { ...plain, key: this.#key(`own ${id}`), otp, flaw: null, rev, id, unread: false };
    } catch (error) {
      return { ...plain, key: this.#key(`blob ${blob}`), ...broken(error) };
    }
  }

  /** @param {Kept} kept @returns {Promise<Entry>} */
  async #old({ enc_secret: blob, name }) {
    const plain = { key: this.#key(`old ${blob}`), format: /** @type {const} */ ("old"), blob, name };
    try {
      const otp = ofOld(await openOld(this.#identity.old, blob), name ?? "");
      return { ...plain, otp, flaw: null, rev: 0, id: "", unread: false };
    } catch (error) {
      return { ...plain, ...broken(error) };
    }
  }

  /** @param {string} stays */
  #key(stays) {
    const key = this.#keys.get(stays) ?? `entry-${this.#keys.size + 1}`;
    this.#keys.set(stays, key);
    return key;
  }
}

/** @param {unknown} error */
function broken(error) {
  if (!(error instanceof Flaw)) throw error;
  return { otp: null, flaw: error.code, rev: 0, id: "", unread: true };
}

const WORDS = new Intl.Collator(undefined, { sensitivity: "accent", numeric: true });

/** By issuer, then account; what could not be read comes last. @param {Entry} one @param {Entry} other */
function inOrder(one, other) {
  if (!one.otp || !other.otp) return Number(!one.otp) - Number(!other.otp);
  return WORDS.compare(one.otp.issuer, other.otp.issuer) || WORDS.compare(one.otp.account, other.otp.account);
}
