// @ts-check
/** What went wrong, as one of the page's sentences. */
import { Conflict, Fault, Flaw } from "../flaw.js";
import { say, span } from "./says.js";

/** Flaws that share a sentence with others. @type {Record<string, string>} */
const SENTENCES = { issuer: "too-long", account: "too-long", type: "scheme", algorithm: "setting", digits: "setting", period: "setting", counter: "setting" };

/** @param {unknown} error */
export function tell(error) {
  if (error instanceof Flaw) return say(SENTENCES[error.code] ?? error.code);
  if (error instanceof Conflict) return say("conflict");
  if (error instanceof Fault) return say(error.kind === "refused" ? "failed" : error.kind, { span: span(error.wait ?? 60) });
  say("failed");
  // A mistake of ours.
  reportError(error);
}
