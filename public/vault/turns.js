// @ts-check
/** One thing after another, so that none works with what another is just changing. */
import { Fault } from "./flaw.js";

export class Turns {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  #doubtful = false;
  #look;

  /** @param {() => Promise<void>} look finds out what the server did, before the turn after a Fault */
  constructor(look) {
    this.#look = look;
  }

  /**
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  take(act) {
    const turn = this.#last.then(async () => {
      if (this.#doubtful) await this.#look();
      this.#doubtful = false;
      return act();
    });
    this.#last = turn.catch((error) => {
      this.#doubtful ||= error instanceof Fault;
    });
    return turn;
  }
}
