// @ts-check
/** Times of day in the viewer's own zone. The page has them in UTC, for browsers without scripts. */

/**
 * The time of day, with the date before it if that is not today's, and the year if that is not this one.
 * @param {Date} moment
 * @param {Date} now
 * @param {string} [zone] an IANA name; the viewer's if left out
 * @param {string} [locale] the viewer's if left out
 */
export function inWords(moment, now, zone, locale) {
  const day = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: zone });
  /** @type {Intl.DateTimeFormatOptions} */
  const form = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  if (day.format(moment) !== day.format(now)) {
    form.day = "numeric";
    form.month = "short";
    if (year(moment, zone) !== year(now, zone)) form.year = "numeric";
  }
  return new Intl.DateTimeFormat(locale, form).format(moment);
}

/** @param {Date} moment @param {string} [zone] */
function year(moment, zone) {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", timeZone: zone }).format(moment);
}

function start() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(moment.getTime())) continue;
    time.setAttribute("title", time.textContent ?? "");
    time.textContent = inWords(moment, new Date());
  }
}

if (typeof document !== "undefined") start();
