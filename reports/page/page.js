"use strict";
// A click on a column's name sorts its table: by the first number of each cell if all cells have one, else by text.
for (const table of document.querySelectorAll("table.sortable")) {
  table.querySelectorAll("thead th").forEach((th, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = th.textContent;
    button.addEventListener("click", () => sort(table, th, column));
    th.replaceChildren(button);
    th.setAttribute("aria-sort", "none");
  });
}

function sort(table, th, column) {
  const down = th.getAttribute("aria-sort") === "ascending";
  const text = row => row.cells[column].textContent.trim();
  const first = row => { const m = text(row).match(/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?/i); return m ? parseFloat(m[0]) : NaN; };
  const rows = [...table.tBodies[0].rows];
  const numeric = rows.some(r => !isNaN(first(r))) && rows.every(r => !isNaN(first(r)) || text(r) === "-" || text(r) === "");
  const low = r => isNaN(first(r)) ? -Infinity : first(r);
  const difference = (a, b) => low(a) === low(b) ? 0 : low(a) - low(b); // Infinity less itself is no number
  rows.sort((a, b) => (numeric ? difference(a, b) : text(a).localeCompare(text(b))) * (down ? -1 : 1));
  table.tBodies[0].append(...rows);
  for (const other of table.querySelectorAll("thead th")) other.setAttribute("aria-sort", "none");
  th.setAttribute("aria-sort", down ? "descending" : "ascending");
}

// What a link leads to is opened.
function open() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) { target.open = true; target.scrollIntoView(); }
}
addEventListener("hashchange", open);
open();
