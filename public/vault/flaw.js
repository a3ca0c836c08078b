// @ts-check
/** What a person can put right, or has to know: a code for the page to say in its own words. */

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
