// @ts-check
/**
 * A quorum's session, live: `#live[data-events]` names the stream that tells of every change. Whoever asked loads the whole
 * page anew (`data-whole`), as there may be a code; a custodian, who may be typing, gets the sentence that changed. And
 * buttons that fill a field from a picture of a QR code (`data-picture`), hidden in the page, shown here; the module that
 * reads pictures (`data-reader`) is loaded when there is one to read. Every word comes from the page.
 */

/**
 * What is to be done about what a stream told.
 * @param {{ complete: boolean }} told
 * @param {boolean} first whether it is how the page was made
 * @param {boolean} whole whether the page is loaded anew at every change
 * @param {boolean} typing whether something stands in a field
 * @returns {"nothing" | "reload" | "sentence"}
 */
export function move(told, first, whole, typing) {
  if (first) return "nothing";
  return whole || (told.complete && !typing) ? "reload" : "sentence";
}

/** @param {Element} live */
function watch(live) {
  const stream = new EventSource(live.getAttribute("data-events") ?? "");
  const whole = live.hasAttribute("data-whole");
  let shown = live.getAttribute("data-shown");
  const typing = () => [...document.querySelectorAll("textarea")].some((field) => field.value.trim() !== "");
  stream.addEventListener("progress", async ({ data }) => {
    const first = data === shown;
    shown = data;
    const next = move(JSON.parse(data), first, whole, typing());
    if (next === "reload") location.reload();
    if (next === "sentence") await sentence(live);
  });
  stream.addEventListener("over", () => {
    stream.close();
    if (!typing()) location.reload();
  });
}

/** @param {Element} live */
async function sentence(live) {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const anew = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#live [role=status]");
  const here = live.querySelector("[role=status]");
  if (anew && here) here.textContent = anew.textContent;
}

/** @param {Element} place */
function offerPicture(place) {
  const [field, input, said] = [
    /** @type {HTMLTextAreaElement | null} */ (document.getElementById(place.getAttribute("data-picture") ?? "")),
    place.querySelector("input"),
    place.querySelector("[role=status]"),
  ];
  if (!field || !input || !said) return;
  input.addEventListener("change", async () => {
    const picture = input.files?.[0];
    if (!picture) return;
    said.textContent = "";
    const { readFile } = await import(place.getAttribute("data-reader") ?? "");
    const text = await readFile(picture);
    // The same picture may be chosen again.
    input.value = "";
    if (text === null) said.textContent = place.getAttribute("data-none");
    else field.value = text;
  });
  place.removeAttribute("hidden");
}

function start() {
  for (const place of document.querySelectorAll("[data-picture]")) offerPicture(place);
  const live = document.querySelector("#live[data-events]");
  if (live) watch(live);
}

if (typeof document !== "undefined") start();
