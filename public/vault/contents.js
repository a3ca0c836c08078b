// @ts-check
/** What a vault holds, here and on the server: both lists as they were last seen, and the writes that keep the two alike. */
import { Reader } from "./entries.js";
import { newUuid } from "./identity.js";
import { nameOf, sealOld } from "./old.js";
import { seal } from "./sealed.js";

/**
 * @typedef {import("./entries.js").Entry} Entry
 * @typedef {import("./identity.js").Identity} Identity
 * @typedef {import("./otp.js").Otp} Otp
 * @typedef {import("./server.js").Given} Given
 * @typedef {import("./server.js").Kept} Kept
 * @typedef {import("./server.js").Server} Server
 * @typedef {"own" | "old"} Format
 */

/** Entries in one request. */
const AT_ONCE = 200;

export class Contents {
  #identity;
  #server;
  #reader;
  /** @type {Record<Format, Kept[]>} */
  #lists = { own: [], old: [] };
  /** In order: by issuer, then account. @type {readonly Entry[]} */
  entries = [];

  /** @param {Identity} identity @param {Server} server */
  constructor(identity, server) {
    this.#identity = identity;
    this.#server = server;
    this.#reader = new Reader(identity);
  }

  /** The server has them in the order in which they came. */
  get newestFirst() {
    const places = new Map([...this.#lists.old, ...this.#lists.own].map(({ enc_secret }, place) => [enc_secret, place]));
    const place = (/** @type {Entry} */ { blob }) => places.get(blob) ?? 0;
    return [...this.entries].sort((one, other) => place(other) - place(one));
  }

  get isEmpty() {
    return this.#lists.own.length + this.#lists.old.length === 0;
  }

  async load() {
    const { own, old } = this.#identity;
    const [ours, theirs] = await Promise.all([this.#server.list(own.id), this.#server.list(old.id)]);
    await this.#show({ own: ours, old: theirs });
  }

  /** One list only: the server counts who asks for lists that are not there. @param {Format} format */
  async loadOne(format) {
    await this.#show({ ...this.#lists, [format]: await this.#server.list(this.#identity[format].id) });
  }

  /** New entries. @param {Format} format @param {Otp[]} otps @returns {Promise<Entry[]>} */
  async keep(format, otps) {
    const totps = await Promise.all(otps.map((otp) => this.#sealed(format, otp)));
    await this.send(format, totps);
    const blobs = new Set(totps.map((kept) => kept.enc_secret));
    return this.entries.filter((entry) => entry.format === format && blobs.has(entry.blob));
  }

  /** @param {Format} format @param {Given[]} totps */
  async send(format, totps) {
    for (const chunk of chunks(totps)) {
      const list = await this.#server.add(this.#identity[format].id, chunk);
      await this.#show({ ...this.#lists, [format]: list });
    }
  }

  /**
   * The next revision of an own entry; `false` if it is not there any more as it was.
   * @param {Entry} entry
   * @param {Otp} otp
   */
  async replace(entry, otp) {
    const blob = await seal(this.#identity.own, { v: 2, id: entry.id, rev: entry.rev + 1, ...otp });
    return this.#put("own", entry.blob, { enc_secret: blob, name: null });
  }

  /** Another name for an old entry; `false` if it is not there any more. @param {Entry} entry @param {string} name */
  rename(entry, name) {
    return this.#put("old", entry.blob, { enc_secret: entry.blob, name });
  }

  /** @param {Format} format @param {string} replaces @param {Kept} kept */
  async #put(format, replaces, kept) {
    const { id } = this.#identity[format];
    if (!(await this.#server.replace(id, replaces, kept.enc_secret, kept.name))) return false;
    const list = this.#lists[format].map((before) => (before.enc_secret === replaces ? kept : before));
    await this.#show({ ...this.#lists, [format]: list });
    return true;
  }

  /** @param {Format} format @param {Given[]} totps @returns {Promise<number>} how many were there */
  async forget(format, totps) {
    let count = 0;
    for (const chunk of chunks(totps)) count += await this.#server.remove(this.#identity[format].id, chunk);
    const blobs = new Set(totps.map((kept) => kept.enc_secret));
    await this.#show({ ...this.#lists, [format]: this.#lists[format].filter((kept) => !blobs.has(kept.enc_secret)) });
    return count;
  }

  /** Its last revision that is known here. @param {Entry} entry */
  current(entry) {
    return this.entries.find(({ key }) => key === entry.key);
  }

  /** @param {Record<Format, Kept[]>} lists */
  async #show(lists) {
    this.entries = await this.#reader.read(lists.own, lists.old);
    this.#lists = lists;
  }

  /** @param {Format} format @param {Otp} otp @returns {Promise<Given>} */
  async #sealed(format, otp) {
    const { own, old } = this.#identity;
    if (format === "old") return { enc_secret: await sealOld(old, otp.secret), name: nameOf(otp) };
    return { enc_secret: await seal(own, { v: 2, id: newUuid(), rev: 1, ...otp }), name: null };
  }
}

/** @template T @param {T[]} all */
function* chunks(all) {
  for (let at = 0; at < all.length; at += AT_ONCE) yield all.slice(at, at + AT_ONCE);
}
