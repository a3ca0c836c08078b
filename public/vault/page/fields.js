// @ts-check
/** The fields of an entry, as they stand in the form that adds one (`add-…`) and in the one that edits one (`edit-…`). */
import { check } from "../otpauth.js";
import { input, select } from "./parts.js";

/** @typedef {import("../otpauth.js").Otp} Otp */

const DEFAULTS = { type: "totp", issuer: "", account: "", secret: "", algorithm: "SHA1", digits: 6, period: 30, counter: 0 };

/**
 * Shows seconds or counter, as the type has it.
 * @param {string} of
 */
function fit(of) {
  const type = select(`${of}-type`);
  for (const it of type.form?.querySelectorAll("[data-of-type]") ?? []) it.toggleAttribute("hidden", it.getAttribute("data-of-type") !== type.value);
}

/** @param {string} of */
export function watch(of) {
  select(`${of}-type`).addEventListener("change", () => fit(of));
  fill(of, {});
}

/**
 * @param {string} of
 * @param {Partial<typeof DEFAULTS>} otp
 */
export function fill(of, otp) {
  const all = { ...DEFAULTS, ...otp };
  for (const name of /** @type {const} */ (["issuer", "account", "period", "counter"])) input(`${of}-${name}`).value = String(all[name]);
  for (const name of /** @type {const} */ (["type", "algorithm", "digits"])) select(`${of}-${name}`).value = String(all[name]);
  fit(of);
}

/**
 * @param {string} of
 * @param {string} secret
 * @returns {Otp}
 */
export function read(of, secret) {
  const typed = (/** @type {string} */ name) => input(`${of}-${name}`).value;
  const chosen = (/** @type {string} */ name) => select(`${of}-${name}`).value;
  return check({
    type: chosen("type"),
    issuer: typed("issuer"),
    account: typed("account"),
    secret,
    algorithm: chosen("algorithm"),
    digits: chosen("digits"),
    period: typed("period"),
    counter: typed("counter"),
  });
}
