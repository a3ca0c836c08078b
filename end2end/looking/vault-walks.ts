// A way through the vault that passes every state of it.
import type { Walk } from "./walks.ts";

const KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const LONG = "ada.byron.lovelace.of.the.analytical.engine@mathematics.example.org";

export const vaultWalks: Record<string, Walk> = {
  async "through a vault"({ vault, page }, seen) {
    await vault.open();
    await seen("vault-closed");
    await vault.openWith("mine");
    await vault.told("That is no vault ID.");
    await seen("vault-no-id");
    await vault.do("Make a new vault");
    await page.getByRole("group", { name: "Vault ID" }).waitFor();
    await seen("vault-made");
    await vault.do("I have saved it");
    await vault.isOpen();
    await seen("vault-empty");
    await vault.add({ key: "1" });
    await vault.told("That is no key.");
    await seen("vault-no-key");
    await vault.add({ key: KEY, issuer: "GitHub", account: "ada" });
    await vault.told("Added.");
    await vault.add({ key: KEY, issuer: "The house of the analytical engine", account: LONG, type: "hotp", counter: 0 });
    await vault.told("Added.");
    await vault.add({ key: KEY.slice(0, 16), issuer: "", account: "old one", type: "totp", old: true });
    await vault.told("Added.");
    await vault.do("Next code of The house of the analytical engine");
    await vault.code("The house of the analytical engine");
    await seen("vault-open");
    await vault.bringIn("otpauth://nothing");
    await vault.told("Some lines were not understood.");
    await vault.takeOut();
    await seen("vault-in-and-out");
    await vault.edit("GitHub");
    await vault.dialog.getByText("Other settings").click();
    await vault.dialog.getByLabel("Seconds").fill("3");
    await vault.do("Save", vault.dialog);
    await vault.told("A setting does not fit.");
    await seen("vault-edit-bad");
    await vault.do("Cancel", vault.dialog);
    await vault.edit("old one");
    await seen("vault-edit-old");
    await vault.do("Delete", vault.dialog);
    await vault.told("Deleted.");
    await seen("vault-deleted");
  },
};
