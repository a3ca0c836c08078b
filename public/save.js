// @ts-check
/**
 * Download and print buttons: hidden in the page, shown here. A download is made in the browser of the lines that stand
 * in the page (`data-line`), so what is shown once travels once.
 */

/**
 * A text file, one line each, with an empty one between what belongs together.
 * @param {{ text: string, group: unknown }[]} lines
 */
export function file(lines) {
  const out = [];
  let before;
  for (const { text, group } of lines) {
    if (out.length > 0 && group !== before) out.push("");
    out.push(text.replace(/\s+/gu, " ").trim());
    before = group;
  }
  return `${out.join("\r\n")}\r\n`;
}

/** @param {string} name @param {string} text */
function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @param {Element} source */
function linesOf(source) {
  const lines = [...source.querySelectorAll("[data-line]")];
  return lines.map((line) => ({ text: line.textContent ?? "", group: line.closest("ol, ul") ?? line.parentElement }));
}

function start() {
  for (const place of document.querySelectorAll("[data-download]")) {
    const source = document.getElementById(place.getAttribute("data-of") ?? "");
    if (!source) continue;
    place.querySelector("button")?.addEventListener("click", () => {
      download(place.getAttribute("data-download") ?? "", file(linesOf(source)));
    });
    place.removeAttribute("hidden");
  }
  for (const place of document.querySelectorAll("[data-print]")) {
    place.querySelector("button")?.addEventListener("click", () => print());
    place.removeAttribute("hidden");
  }
}

if (typeof document !== "undefined") start();
