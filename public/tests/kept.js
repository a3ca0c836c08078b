// The server's half of a vault in memory, as `fetch` asks it: it keeps the promises of `/api/v1/vault/totps` (lists by user
// hash, a blob once, `replaces` that is gone is 409, `deleted` tells the truth). Tests may make it fail.

/** @typedef {{ enc_secret: string, name: string | null }} Kept */

export class KeptLists {
  /** @type {Map<string, Kept[]>} */
  lists = new Map();
  /** @type {{ method: string, hash: string, body: string }[]} what was asked */
  asked = [];
  /** What becomes of the next requests: a status, "lost" (done, but the answer never came) or "away" (not done). */
  next = [];

  fetch = async (url, { method, headers, body }) => {
    const hash = headers["x-user-hash"];
    this.asked.push({ method, hash, body: body ?? "" });
    const fate = this.next.shift();
    // Others may ask meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    if (fate === "away") throw new TypeError("no network");
    if (typeof fate === "number") return answer(fate, { type: "urn:postern:odd", detail: "told so" }, { "retry-after": "7" });
    const response = url.endsWith("/totps") ? this.#answer(method, hash, JSON.parse(body ?? "{}")) : answer(404, {});
    if (fate === "lost") throw new TypeError("the connection broke");
    return response;
  };

  /** @param {string} method @param {string} hash @param {any} json */
  #answer(method, hash, json) {
    const list = this.lists.get(hash) ?? [];
    switch (method) {
      case "GET":
        return list.length > 0 ? answer(200, { totps: list }) : answer(404, {});
      case "POST":
        return answer(200, { user_created: list.length === 0, totps: this.#set(hash, json.totps.reduce(added, list)) });
      case "PUT":
        if (!list.some((kept) => kept.enc_secret === json.replaces)) return answer(409, {});
        this.#set(hash, list.map((kept) => (kept.enc_secret === json.replaces ? asKept(json) : kept)));
        return answer(200, {});
      case "DELETE": {
        const gone = new Set(json.totps.map((kept) => kept.enc_secret));
        const left = this.#set(hash, list.filter((kept) => !gone.has(kept.enc_secret)));
        return answer(200, { deleted: list.length - left.length });
      }
      default:
        return answer(405, {});
    }
  }

  /** @param {string} hash @param {Kept[]} list */
  #set(hash, list) {
    this.lists.set(hash, list);
    return list;
  }
}

/** @param {Kept[]} list @param {any} json */
function added(list, json) {
  const kept = asKept(json);
  const there = list.some((known) => known.enc_secret === kept.enc_secret);
  return there ? list.map((known) => (known.enc_secret === kept.enc_secret ? kept : known)) : [...list, kept];
}

/** @param {any} json @returns {Kept} */
function asKept({ enc_secret, name = null }) {
  return { enc_secret, name };
}

/** @param {number} status @param {unknown} json @param {Record<string, string>} [headers] */
function answer(status, json, headers = {}) {
  const date = new Date().toUTCString();
  return new Response(JSON.stringify(json), { status, headers: { "content-type": "application/json", date, ...headers } });
}
