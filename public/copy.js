// @ts-check
/** Copy buttons: hidden in the page, shown here where the browser can copy. They say whether it worked. */

/** @param {string} shown a key in groups */
export function withoutSpaces(shown) {
  return shown.replace(/\s+/gu, "");
}

/** @param {Element} source one text, or lines of their own */
function shown(source) {
  const lines = [...source.querySelectorAll("[data-line]")];
  // What a program reads as it stands, spaces and all.
  if (source.hasAttribute("data-as-is")) return (source.textContent ?? "").trim();
  if (lines.length === 0) return withoutSpaces(source.textContent ?? "");
  return lines.map((line) => withoutSpaces(line.textContent ?? "")).join("\n");
}

function start() {
  if (!navigator.clipboard) return;
  for (const place of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(place.getAttribute("data-copy") ?? "");
    const button = place.querySelector("button");
    const said = place.querySelector("[role=status]");
    if (!source || !button || !said) continue;
    button.addEventListener("click", async () => {
      said.textContent = "";
      try {
        await navigator.clipboard.writeText(shown(source));
        said.textContent = place.getAttribute("data-copied");
      } catch {
        said.textContent = place.getAttribute("data-not-copied");
      }
    });
    place.removeAttribute("hidden");
  }
}

if (typeof document !== "undefined") start();
