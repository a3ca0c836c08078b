// @ts-check
/** The ID in the tab's own storage, where the browser grants one; else the vault is closed when the page is loaded anew. */

const NAME = "postern-vault";

/** @template T @param {() => T} act @returns {T | null} null: there is no storage */
function perhaps(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

/** @param {string} uuid */
export const remember = (uuid) => perhaps(() => sessionStorage.setItem(NAME, uuid));

export const remembered = () => perhaps(() => sessionStorage.getItem(NAME));

export const forget = () => perhaps(() => sessionStorage.removeItem(NAME));
