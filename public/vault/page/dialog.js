// @ts-check
/** The dialog in which one entry is edited, converted or deleted. */
import { Conflict } from "../flaw.js";
import * as fields from "./fields.js";
import { input, onPress, onSubmit, the } from "./parts.js";
import { nameOf } from "./row.js";
import { hush, say } from "./says.js";

/** @typedef {import("../vault.js").Entry} Entry */
/** @typedef {import("../vault.js").Vault} Vault */
/** @typedef {(act: (open: Vault) => unknown) => Promise<void>} Run */

export class EntryDialog {
  #dialog = the(HTMLDialogElement, "dialog[data-entry]");
  #words = the(HTMLTemplateElement, "template[data-row]").dataset;
  /** @type {Entry | null} */
  #entry = null;

  /** @param {{ run: Run, remove: (open: Vault, entry: Entry, name: string) => Promise<void> }} acts */
  constructor({ run, remove }) {
    fields.watch("edit");
    onSubmit("change", () => run((open) => this.#change(open)));
    onPress("convert", () => run((open) => this.#convert(open)));
    onPress("delete", () => run(async (open) => {
      const entry = this.#entry;
      if (!entry) return;
      this.#dialog.close();
      await remove(open, entry, this.#name);
    }));
    onPress("cancel", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#clear());
  }

  get #name() {
    return this.#entry ? nameOf(this.#entry, this.#words) : "";
  }

  /** @param {Entry} entry */
  open(entry) {
    this.#show(entry);
    hush();
    this.#dialog.showModal();
    if (entry.otp) input(entry.format === "old" ? "edit-account" : "edit-issuer").focus();
  }

  /** @param {Entry} entry */
  #show(entry) {
    this.#entry = entry;
    const { otp, format } = entry;
    the(HTMLElement, "#entry-name").textContent = this.#name;
    the(HTMLFormElement, "form", this.#dialog).hidden = !otp;
    fields.fill("edit", otp ?? {});
    const isOld = format === "old";
    // The old format has one name and no settings.
    for (const it of this.#dialog.querySelectorAll(".field:has(#edit-issuer), .disclosure")) it.toggleAttribute("hidden", isOld);
    the(HTMLElement, "[data-of-old]", this.#dialog).hidden = !isOld || !otp;
  }

  /** @param {Vault} open */
  async #change(open) {
    const entry = this.#entry;
    if (!entry?.otp) return;
    const name = this.#name;
    const typed = fields.read("edit", entry.otp.secret);
    await open.change(entry, typed).catch((error) => {
      if (error instanceof Conflict) this.#overtaken(open, entry);
      throw error;
    });
    this.#dialog.close();
    say("changed", { name });
  }

  /** Another device was first: the fields say what it made of it. @param {Vault} open @param {Entry} before */
  #overtaken(open, before) {
    const now = open.entries.find(({ key }) => key === before.key);
    if (now) this.#show(now);
    else this.#dialog.close();
  }

  /** @param {Vault} open */
  async #convert(open) {
    if (!this.#entry) return;
    await open.convert([this.#entry]);
    this.#dialog.close();
    say("converted", { n: 1 });
  }

  #clear() {
    this.#entry = null;
    fields.fill("edit", {});
    the(HTMLElement, "[data-says]", this.#dialog).replaceChildren();
  }
}
