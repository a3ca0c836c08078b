// @ts-check
/** What can go wrong. The page has the words; here are only codes for them. */

/** Something that a person typed, scanned or loaded is not what it should be. */
export class Flaw extends Error {
  /**
   * @param {string} code
   * @param {string | null} [field] where it was typed
   */
  constructor(code, field = null) {
    super(code);
    this.name = "Flaw";
    this.code = code;
    this.field = field;
  }
}

/**
 * The server did not do it, or nobody knows whether it did.
 * @typedef {"offline" | "busy" | "full" | "down" | "refused"} Kind
 */
export class Fault extends Error {
  /**
   * @param {Kind} kind
   * @param {{ wait?: number | null, type?: string | null, detail?: string | null }} [told] `wait`: seconds, when busy;
   *   `type` (`urn:postern:…`) and `detail` of the problem, when refused
   */
  constructor(kind, { wait = null, type = null, detail = null } = {}) {
    super(detail ?? kind);
    this.name = "Fault";
    this.kind = kind;
    this.wait = wait;
    this.type = type;
    this.detail = detail;
  }
}

/** Another device was first. The vault has been read anew since. */
export class Conflict extends Error {
  /** @param {boolean} gone the entry is not there any more */
  constructor(gone) {
    super(gone ? "gone" : "changed");
    this.name = "Conflict";
    this.gone = gone;
  }
}
