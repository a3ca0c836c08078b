// @ts-check
/**
 * The vault's page. Its ID, its keys and what is in it stay in this tab: the ID in the tab's own storage until the vault or
 * the tab is closed, so that loading the page anew does not ask for it, and everything else in memory.
 */
import { newUuid } from "../identity.js";
import { isUri, parse } from "../otpauth.js";
import { Server } from "../server.js";
import { Vault } from "../vault.js";
import * as carry from "./carry.js";
import { EntryDialog } from "./dialog.js";
import * as fields from "./fields.js";
import { List } from "./list.js";
import { input, onPress, onSubmit, select, show, the } from "./parts.js";
import { hush, say, span } from "./says.js";
import * as tab from "./tab.js";
import { tell } from "./trouble.js";

/** @typedef {import("./row.js").Row} Row */
/** @typedef {import("../vault.js").Entry} Entry */

/** A clock that is this many seconds off makes codes that services refuse. */
const MATTERS = 5;

/** @type {Vault | null} */
let vault = null;
let server = new Server();
let keepsOld = false;
let busy = false;

/** Seconds by which the device's clock is off, if that matters. */
function off() {
  return Math.abs(server.offset) > MATTERS + server.uncertainty ? -server.offset : 0;
}

/** Seconds since the epoch, by the portal's clock where this device's is off. */
function clock() {
  return Date.now() / 1000 - off();
}

/** One thing at a time; what goes wrong is said. @param {() => unknown} act */
async function run(act) {
  if (busy) return;
  busy = true;
  hush();
  try {
    await act();
  } catch (error) {
    tell(error);
  } finally {
    busy = false;
    if (vault) shown();
  }
}

/** @param {(open: Vault) => unknown} act */
const withVault = (act) => run(() => vault && act(vault));

const list = new List({ copy, press, edit: (entry) => dialog.open(entry) }, clock);
const dialog = new EntryDialog({ run: withVault, remove });

/** The page as the vault is now. */
function shown() {
  list.refresh();
  const old = vault?.entries.some(({ format, flaw }) => format === "old" && !flaw);
  the(HTMLElement, "[data-old]").hidden = keepsOld || !old;
}

/** @param {string} typed @param {boolean} justMade */
async function open(typed, justMade) {
  say("opening");
  server = new Server();
  vault = await Vault.open(typed, server);
  tab.remember(vault.uuid);
  show("open");
  hush();
  list.open(vault);
  the(HTMLDetailsElement, "details[data-add]").open = vault.entries.length === 0;
  the(HTMLElement, "main").focus();
  if (off() !== 0) say(off() > 0 ? "clock-ahead" : "clock-behind", { span: span(Math.abs(off())) });
  else if (vault.isNew && !justMade) say("new");
}

function close() {
  vault = null;
  keepsOld = false;
  tab.forget();
  list.close();
  carry.clear();
  fields.fill("add", {});
  for (const id of ["add-key", "search", "typed-id"]) input(id).value = "";
  the(HTMLElement, "#vault-id").textContent = "";
  hush();
  show("closed");
  input("typed-id").focus();
}

async function make() {
  const uuid = newUuid();
  const { draw } = await import("../../qr/qr.js");
  const { size, isDark } = await draw(uuid);
  const cells = [...Array(size * size).keys()].filter((at) => isDark(at % size, Math.floor(at / size)));
  const path = cells.map((at) => `M${(at % size) + 4} ${Math.floor(at / size) + 4}h1v1h-1z`).join("");
  const svg = the(SVGSVGElement, "[data-id-qr]");
  svg.setAttribute("viewBox", `0 0 ${size + 8} ${size + 8}`);
  svg.replaceChildren(shape("rect", { width: size + 8, height: size + 8, fill: "#ffffff" }), shape("path", { d: path, fill: "#000000" }));
  the(HTMLElement, "#vault-id").textContent = uuid;
  show("made");
  the(HTMLElement, "main").focus();
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** The ID was shown once: it is taken off the page. */
async function saved() {
  const at = the(HTMLElement, "#vault-id");
  await open(at.textContent ?? "", true);
  at.textContent = "";
  the(SVGSVGElement, "[data-id-qr]").replaceChildren();
}

/** @param {Row} row */
async function copy(row) {
  if (row.code === null) return;
  try {
    await navigator.clipboard.writeText(row.code);
    say("copied", { name: row.name });
  } catch {
    say("not-copied");
  }
}

/** @param {Row} row */
function press(row) {
  return withVault(async (open) => {
    const { code } = await open.press(row.entry);
    row.showCode(code);
  });
}

/** @param {Vault} open @param {Entry} entry @param {string} name */
async function remove(open, entry, name) {
  const undo = await open.remove(entry);
  say("deleted", { name }, () => run(async () => {
    await undo();
    say("restored", { name });
  }));
}

/** @param {Vault} open */
async function add(open) {
  const key = input("add-key").value.trim();
  const otp = isUri(key) ? parse(key) : fields.read("add", key);
  const [added] = await bringIn(open, [otp], input("add-old").checked);
  input("add-key").value = "";
  input("add-picture").value = "";
  input("add-old").checked = false;
  fields.fill("add", {});
  list.refresh();
  if (added) list.reveal(added);
}

/** @param {Vault} open @param {import("../otpauth.js").Otp[]} otps @param {boolean} old */
async function bringIn(open, otps, old) {
  const { added, doubles } = await open.add(otps, { old });
  if (added.length === 0) say("nothing-new");
  else say(doubles === 0 ? "added" : "added-some", { n: added.length, doubles });
  return added;
}

/** @param {Vault} open */
async function convertAll(open) {
  const old = open.entries.filter(({ format, flaw }) => format === "old" && !flaw);
  await open.convert(old);
  say("converted", { n: old.length });
}

/** @param {import("../otpauth.js").Otp} otp fills the form with it */
function took(otp) {
  input("add-key").value = otp.secret;
  fields.fill("add", otp);
}

/** @param {Blob} picture */
async function look(picture) {
  const [otp, ...more] = await carry.readPicture(picture);
  if (!otp) return;
  if (more.length > 0) return carry.showLines([otp, ...more]);
  took(otp);
  the(HTMLDetailsElement, "details[data-add]").open = true;
  input("add-key").focus();
}

/** A picture that is pasted anywhere. @param {ClipboardEvent} event */
function pasted(event) {
  const picture = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
  if (!picture || !vault) return;
  event.preventDefault();
  void run(() => look(picture));
}

/** A whole address in the key's field says the rest as well. */
function typedKey() {
  const key = input("add-key").value.trim();
  if (!isUri(key)) return;
  try {
    took(parse(key));
  } catch {
    // It is said when the form is sent.
  }
}

function start() {
  onSubmit("open", () => run(() => open(input("typed-id").value, false)));
  onSubmit("add", () => withVault(add));
  onSubmit("bring-in", () => withVault(async (open) => {
    const otps = carry.typedLines();
    if (!otps) return;
    await bringIn(open, otps, false);
    carry.clear();
  }));
  onPress("make", () => run(make));
  onPress("saved", () => run(saved));
  onPress("close", close);
  onPress("reload", () => withVault(async (open) => {
    await open.reload();
    say("reloaded");
  }));
  onPress("convert-all", () => withVault(convertAll));
  onPress("keep-old", () => {
    keepsOld = true;
    shown();
  });
  onPress("show-all", () => withVault((open) => carry.takeOut(open.entries)));
  onPress("hide", carry.clear);
  input("search").addEventListener("input", () => list.search(input("search").value));
  select("order").addEventListener("change", () => list.orderBy(select("order").value));
  // Not before it is whole.
  input("add-key").addEventListener("change", typedKey);
  input("add-picture").addEventListener("change", () => {
    const [picture] = input("add-picture").files ?? [];
    if (picture) void run(() => look(picture));
  });
  input("file").addEventListener("change", () => {
    const [file] = input("file").files ?? [];
    if (file) void run(() => carry.readLines(file));
  });
  document.addEventListener("paste", pasted);
  fields.watch("add");
  show("closed");
  if (!globalThis.crypto?.subtle) return say("unsupported");
  const kept = tab.remembered();
  if (kept) void run(() => open(kept, false));
}

start();
