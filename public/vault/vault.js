// @ts-check
/** A vault, opened: what can be done with it. Nothing here knows a page. */
import { Codes, step } from "./code.js";
import { Contents } from "./contents.js";
import { Conflict, Flaw } from "./flaw.js";
import { identify } from "./identity.js";
import { fitsOld, nameOf, renamed } from "./old.js";
import { check, same } from "./otp.js";
import { Turns } from "./turns.js";

/**
 * @typedef {import("./entries.js").Entry} Entry
 * @typedef {import("./identity.js").Identity} Identity
 * @typedef {import("./otp.js").Otp} Otp
 * @typedef {import("./server.js").Server} Server
 */

/** How often a press is tried while other devices are always first. */
const PRESSES = 20;

export class Vault {
  #server;
  #contents;
  #codes = new Codes();
  #turns;

  /** Reads both lists and opens everything. Throws Flaw `uuid`, Fault. @param {string} uuid @param {Server} server */
  static async open(uuid, server) {
    const vault = new Vault(await identify(uuid), server);
    await vault.reload();
    return vault;
  }

  /** @param {Identity} identity @param {Server} server */
  constructor(identity, server) {
    this.identity = identity;
    this.#server = server;
    this.#contents = new Contents(identity, server);
    this.#turns = new Turns(() => this.#contents.load());
  }

  get uuid() {
    return this.identity.uuid;
  }

  /** In order: by issuer, then account; what could not be read last. */
  get entries() {
    return this.#contents.entries;
  }

  /** Nothing is kept under either of its ids. */
  get isNew() {
    return this.#contents.isEmpty;
  }

  /** What was kept last comes first. */
  get newestFirst() {
    return this.#contents.newestFirst;
  }

  /** Seconds to add to the device's clock to have the server's. */
  get offset() {
    return this.#server.offset;
  }

  /** After another device changed something. Entries that stay keep their keys. */
  reload() {
    return this.#turns.take(() => this.#contents.load());
  }

  /**
   * Doubles (the same secret and type, here already or twice in `otps`) are skipped and counted. `old`: in `open2fa`'s
   * format; Flaw `old` if one of them does not fit it, and then nothing is added.
   * @param {Otp[]} otps
   * @param {{ old?: boolean }} [how]
   * @returns {Promise<{ added: Entry[], doubles: number }>}
   */
  add(otps, { old = false } = {}) {
    return this.#turns.take(async () => {
      if (old && !otps.every(fitsOld)) throw new Flaw("old");
      const fresh = withoutDoubles(otps, this.entries);
      return { added: await this.#contents.keep(old ? "old" : "own", fresh), doubles: otps.length - fresh.length };
    });
  }

  /**
   * Of an old entry only the name. Throws Conflict if another device was first, Flaw `old`.
   * @param {Entry} entry
   * @param {Otp} otp
   * @returns {Promise<Entry>}
   */
  change(entry, otp) {
    return this.#turns.take(async () => {
      const checked = check(otp);
      return entry.format === "own" ? this.#change(entry, checked) : this.#rename(entry, checked);
    });
  }

  /**
   * Throws Conflict if another device was first.
   * @param {Entry} entry
   * @returns {Promise<() => Promise<void>>} brings it back
   */
  remove(entry) {
    const { format, blob, name } = entry;
    const kept = [{ enc_secret: blob, name }];
    return this.#turns.take(async () => {
      if ((await this.#contents.forget(format, kept)) === 0) throw await this.#conflict(entry);
      return () => this.#turns.take(() => this.#contents.send(format, kept));
    });
  }

  /**
   * The next code of a HOTP entry. The counter moves on the server first, and only where nobody else moved it, so no two
   * devices ever show the code of the same one. Throws Conflict if the entry is gone, or if others were always first.
   * @param {Entry} entry
   * @returns {Promise<{ code: string, counter: number }>}
   */
  press(entry) {
    return this.#turns.take(async () => {
      for (let tries = 0; tries < PRESSES; tries += 1) {
        const now = this.#current(entry);
        if (now.otp?.type !== "hotp") throw new Flaw("type");
        const { counter } = now.otp;
        const moved = check({ ...now.otp, counter: counter + 1 });
        if (await this.#contents.replace(now, moved)) return { code: await this.#codes.at(now.otp, counter), counter };
        await this.#contents.loadOne("own");
      }
      throw new Conflict(false);
    });
  }

  /**
   * Old entries become own ones: these are added first, then those deleted.
   * @param {Entry[]} entries
   * @returns {Promise<Entry[]>} the own ones that were added
   */
  convert(entries) {
    return this.#turns.take(async () => {
      const old = entries.filter((entry) => entry.format === "old" && entry.otp);
      const otps = old.flatMap(({ otp }) => (otp ? renamed(otp) : []));
      const own = this.entries.filter((entry) => entry.format === "own");
      const added = await this.#contents.keep("own", withoutDoubles(otps, own));
      await this.#contents.forget("old", old.map(({ blob, name }) => ({ enc_secret: blob, name })));
      return added;
    });
  }

  /**
   * Of a TOTP entry. May be asked at every tick.
   * @param {Entry} entry
   * @param {number} seconds since the epoch
   * @returns {Promise<{ code: string, next: string, left: number }>} `left`: seconds until `next`
   */
  async codeOf({ otp }, seconds) {
    if (otp?.type !== "totp") throw new Flaw("type");
    const { counter, left } = step(otp, seconds);
    const [code, next] = await Promise.all([this.#codes.at(otp, counter), this.#codes.at(otp, counter + 1)]);
    return { code, next, left };
  }

  /** @param {Entry} entry @param {Otp} otp */
  async #change(entry, otp) {
    if (await this.#contents.replace(entry, otp)) return this.#current(entry);
    const conflict = await this.#conflict(entry);
    const now = this.#contents.current(entry);
    // It was us, and the answer got lost.
    if (now?.otp && now.rev === entry.rev + 1 && same(now.otp, otp)) return now;
    throw conflict;
  }

  /** @param {Entry} entry @param {Otp} otp */
  async #rename(entry, otp) {
    if (!fitsOld(otp) || otp.secret !== entry.otp?.secret) throw new Flaw("old");
    if (!(await this.#contents.rename(entry, nameOf(otp)))) throw await this.#conflict(entry);
    return this.#current(entry);
  }

  /** @param {Entry} entry */
  #current(entry) {
    const now = this.#contents.current(entry);
    if (!now) throw new Conflict(true);
    return now;
  }

  /** @param {Entry} entry */
  async #conflict(entry) {
    await this.#contents.loadOne(entry.format);
    return new Conflict(!this.#contents.current(entry));
  }
}

/**
 * Those of which neither an entry nor one before them has the secret and type.
 * @param {Otp[]} otps
 * @param {readonly Entry[]} entries
 */
function withoutDoubles(otps, entries) {
  const mark = (/** @type {Otp} */ { type, secret }) => `${type} ${secret}`;
  const marks = new Set(entries.flatMap(({ otp }) => (otp ? mark(otp) : [])));
  return otps.filter((otp) => !marks.has(mark(otp)) && marks.add(mark(otp)));
}
