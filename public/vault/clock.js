// @ts-check
/**
 * How far the server's clock is from the device's, by the `Date` of its answers. That header has whole seconds, so one
 * answer leaves a second and the way there and back uncertain; what several answers have in common leaves less.
 */

export class Clock {
  /** Seconds to add to the device's clock, at least and at most. @type {{ least: number, most: number } | null} */
  #between = null;

  /**
   * @param {string | null} date the header
   * @param {number} sent milliseconds since the epoch on the device's clock
   * @param {number} received likewise
   */
  hear(date, sent, received) {
    const said = Date.parse(date ?? "") / 1000;
    if (Number.isNaN(said)) return;
    const heard = { least: said - received / 1000, most: said + 1 - sent / 1000 };
    const before = this.#between ?? heard;
    const both = { least: Math.max(before.least, heard.least), most: Math.min(before.most, heard.most) };
    // Nothing in common: one of the clocks has been set since.
    this.#between = both.least <= both.most ? both : heard;
  }

  /** Seconds to add to the device's clock to have the server's. 0 as long as nothing was heard. */
  get offset() {
    return this.#between ? (this.#between.least + this.#between.most) / 2 : 0;
  }

  /** Seconds by which `offset` may be wrong. */
  get uncertainty() {
    return this.#between ? (this.#between.most - this.#between.least) / 2 : Infinity;
  }
}
