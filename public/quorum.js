// @ts-check
/**
 * A quorum's session, live: `#live[data-events]` names the stream that tells of every change. Whoever asked loads the whole
 * page anew (`data-whole`), as there may be a code; a custodian, who may be typing, gets the sentence that changed. Every
 * word comes from the page.
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

function start() {
  const live = document.querySelector("#live[data-events]");
  if (live) watch(live);
}

if (typeof document !== "undefined") start();
