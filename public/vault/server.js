// @ts-check
/** The server's half of a vault: `/api/v1/vault`. It gets user hashes, blobs and the names of old entries. */
import { Clock } from "./clock.js";
import { Fault } from "./flaw.js";

/**
 * @typedef {{ enc_secret: string, name: string | null }} Kept what the server has of an entry
 * @typedef {{ enc_secret: string, name?: string | null }} Given
 */

/** Seconds after which no answer is no connection. */
const PATIENCE = 30;

export class Server {
  #fetch;
  #base;
  #clock = new Clock();

  /**
   * @param {typeof fetch} [fetcher]
   * @param {string} [base]
   */
  constructor(fetcher = (input, init) => fetch(input, init), base = "/api/v1/vault") {
    this.#fetch = fetcher;
    this.#base = base;
  }

  /** Seconds to add to the device's clock to have the server's. */
  get offset() {
    return this.#clock.offset;
  }

  /** Seconds by which `offset` may be wrong. */
  get uncertainty() {
    return this.#clock.uncertainty;
  }

  /** Nothing, if the server knows no such user. @param {string} hash @returns {Promise<Kept[]>} */
  async list(hash) {
    const response = await this.#ask("GET", hash, undefined, [404]);
    return response.status === 404 ? [] : listed(await body(response));
  }

  /** @param {string} hash @param {Given[]} totps @returns {Promise<Kept[]>} all that the user then has */
  async add(hash, totps) {
    return listed(await body(await this.#ask("POST", hash, { totps })));
  }

  /**
   * `false` if what was to be replaced is not there any more.
   * @param {string} hash
   * @param {string} replaces
   * @param {string} enc_secret
   * @param {string | null} [name]
   */
  async replace(hash, replaces, enc_secret, name = null) {
    const response = await this.#ask("PUT", hash, { replaces, enc_secret, name }, [409]);
    return response.ok;
  }

  /** @param {string} hash @param {Given[]} totps @returns {Promise<number>} how many were there */
  async remove(hash, totps) {
    const { deleted } = await body(await this.#ask("DELETE", hash, { totps }));
    if (typeof deleted !== "number") throw new Fault("down");
    return deleted;
  }

  /**
   * @param {string} method
   * @param {string} hash
   * @param {unknown} json
   * @param {number[]} expected statuses that are answers too
   */
  async #ask(method, hash, json, expected = []) {
    /** @type {Record<string, string>} */
    const headers = { accept: "application/json", "x-user-hash": hash };
    if (json !== undefined) headers["content-type"] = "application/json";
    const response = await this.#send({ method, headers, body: json === undefined ? null : JSON.stringify(json) });
    if (!response.ok && !expected.includes(response.status)) throw await fault(response);
    return response;
  }

  /** No cookie goes along, so nothing ties a vault to a session. @param {RequestInit} request */
  async #send(request) {
    const sent = Date.now();
    try {
      const signal = AbortSignal.timeout(PATIENCE * 1000);
      const response = await this.#fetch(`${this.#base}/totps`, { ...request, signal, credentials: "omit", cache: "no-store", redirect: "error" });
      this.#clock.hear(response.headers.get("date"), sent, Date.now());
      return response;
    } catch {
      throw new Fault("offline");
    }
  }
}

/** @param {Response} response @returns {Promise<any>} */
async function body(response) {
  try {
    return (await response.json()) ?? {};
  } catch {
    throw new Fault("down");
  }
}

/** @param {any} answer @returns {Kept[]} */
function listed({ totps }) {
  if (!Array.isArray(totps) || totps.some((kept) => typeof kept?.enc_secret !== "string")) throw new Fault("down");
  return totps.map(({ enc_secret, name }) => ({ enc_secret, name: text(name) }));
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" ? value : null;
}

/** @param {Response} response */
async function fault(response) {
  if (response.status === 507) return new Fault("full");
  if (response.status === 429) return new Fault("busy", { wait: Number(response.headers.get("retry-after")) || null });
  if (response.status >= 500) return new Fault("down");
  const { type, detail } = await body(response).catch(() => ({}));
  return new Fault("refused", { type: text(type), detail: text(detail) });
}
