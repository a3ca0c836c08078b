// @ts-check
/** In and out: entries as otpauth addresses. */
import { Flaw } from "../flaw.js";
import { format, parseList } from "../otpauth.js";
import { readFile } from "../../qr/qr.js";
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
  if (flaws.some(({ code }) => code === "migration")) throw new Flaw("migration");
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
  if (file.type.startsWith("image/")) return readPicture(file).then((uri) => uri && (lines().value = uri));
  if (file.size > 1 << 20) return say("no-picture");
  lines().value = await file.text();
  say("read");
}

/**
 * The otpauth address in a picture.
 * @param {Blob} file
 * @returns {Promise<string | null>} null: said why not
 */
export async function readPicture(file) {
  const text = await readFile(file).catch(() => undefined);
  if (text === undefined) say("no-picture");
  else if (text === null) say("no-code");
  else if (text.startsWith("otpauth-migration:")) say("migration");
  else if (!text.toLowerCase().startsWith("otpauth:")) say("other-code");
  else {
    say("read");
    return text;
  }
  return null;
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
