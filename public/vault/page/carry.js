// @ts-check
/** In and out: entries as otpauth addresses. */
import { Flaw } from "../flaw.js";
import { format, isUri, parseList } from "../otpauth.js";
import { input, the } from "./parts.js";
import { say } from "./says.js";

/** @typedef {import("../otpauth.js").Otp} Otp */
/** @typedef {import("../vault.js").Entry} Entry */

const lines = () => the(HTMLTextAreaElement, "#lines");
const out = () => the(HTMLElement, "#out");

/**
 * What was pasted or read, whole or not at all.
 * @returns {Otp[] | null} null: said why not
 */
export function typedLines() {
  const { otps, flaws } = parseList(lines().value);
  if (flaws.length > 0) {
    say("lines", { lines: flaws.map(({ line }) => line).join(", ") });
    return null;
  }
  if (otps.length > 0) return otps;
  say("no-lines");
  return null;
}

/** @param {File} file shows its lines, to be looked at before they are brought in */
export async function readLines(file) {
  if (file.type.startsWith("image/")) return showLines(await readPicture(file));
  if (file.size > 1 << 20) return say("no-picture");
  lines().value = await file.text();
  say("read");
}

/** @param {Otp[]} otps */
export function showLines(otps) {
  if (otps.length === 0) return;
  lines().value = otps.map(format).join("\n");
  the(HTMLDetailsElement, "details:has(#lines)").open = true;
  lines().focus();
}

/**
 * What the QR code in a picture says: one entry, or several that another app exports.
 * @param {Blob} file
 * @returns {Promise<Otp[]>} none: said why not
 */
export async function readPicture(file) {
  const { readFile } = await import("../../qr/qr.js");
  const text = await readFile(file);
  const isOurs = isUri(text ?? "");
  const { otps, flaws } = parseList(isOurs ? (text ?? "") : "");
  if (text === null) say("no-code");
  else if (!isOurs) say("other-code");
  else if (flaws[0]) throw new Flaw(flaws[0].code);
  else say("read");
  return otps;
}

/** @param {readonly Entry[]} entries */
export function takeOut(entries) {
  const readable = entries.flatMap(({ otp }) => otp ?? []);
  const shown = readable.map((otp) => {
    const line = document.createElement("code");
    line.dataset.line = "";
    line.textContent = format(otp);
    return line;
  });
  out().replaceChildren(...shown);
  the(HTMLElement, "[data-out]").hidden = false;
  out().focus();
}

/** Nothing of what was shown or typed stays in the page. */
export function clear() {
  out().replaceChildren();
  the(HTMLElement, "[data-out]").hidden = true;
  lines().value = "";
  input("file").value = "";
}
