/* Comfort only: every page works without it. «/» goes to the search box; a Jalali calendar opens at date fields. */
"use strict";

document.addEventListener("keydown", (event) => {
  const inField = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector('#q, .quick input').focus();
  }
});

/* The browser itself knows the Persian calendar (Intl), so that no table of leap years is needed here. */
const persian = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC" });
const monthName = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-ca-persian`, { year: "numeric", month: "long", timeZone: "UTC" });
const number = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: false });
const DAY = 86400000;

function jalali(time) {
  const parts = Object.fromEntries(persian.formatToParts(new Date(time)).map((part) => [part.type, parseInt(part.value, 10)]));
  return { year: parts.year, month: parts.month, day: parts.day };
}

function written({ year, month, day }) {
  return `${year}/${String(month).padStart(2, "0")}/${String(day).padStart(2, "0")}`;
}

function startOfMonth(time) {
  return time - (jalali(time).day - 1) * DAY;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function calendar(field, time, close) {
  const start = startOfMonth(time);
  const month = jalali(start).month;
  const go = (to) => open(field, to);
  const choose = (day) => { field.value = written(day); close(); field.focus(); };
  const bar = element("div", { className: "calendar-bar" },
    element("button", { type: "button", textContent: "‹", ariaLabel: "previous month", onclick: () => go(startOfMonth(start - DAY)) }),
    element("span", { textContent: monthName.format(new Date(start)) }),
    element("button", { type: "button", textContent: "›", ariaLabel: "next month", onclick: () => go(start + 32 * DAY) }));
  const table = element("table", {});
  let row = element("tr", {});
  for (let blank = (new Date(start).getUTCDay() + 1) % 7; blank > 0; blank -= 1) row.append(element("td", {}));
  for (let at = start; jalali(at).month === month; at += DAY) {
    const day = jalali(at);
    row.append(element("td", {}, element("button", { type: "button", textContent: number.format(day.day), ariaLabel: written(day), onclick: () => choose(day) })));
    if (new Date(at).getUTCDay() === 5) { table.append(row); row = element("tr", {}); }
  }
  table.append(row);
  return element("div", { className: "calendar" }, bar, table);
}

let shown = null;
function close() { if (shown) { shown.remove(); shown = null; } }
function open(field, time) {
  close();
  shown = calendar(field, time, close);
  field.after(shown);
}

for (const field of document.querySelectorAll("input[data-jalali]")) {
  field.addEventListener("click", () => open(field, Date.now()));
  field.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); if (event.key === "ArrowDown") open(field, Date.now()); });
}
document.addEventListener("click", (event) => { if (shown && !shown.contains(event.target) && !event.target.matches("[data-jalali]") && event.target.isConnected) close(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

/* The editor that Datasette puts over its SQL field has none of the field's name. */
window.addEventListener("load", () => {
  for (const field of document.querySelectorAll(".CodeMirror textarea")) field.setAttribute("aria-label", "SQL");
});
