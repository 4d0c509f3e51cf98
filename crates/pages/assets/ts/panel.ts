// `data-panel`: when a row's link opens it, its heading gets the focus; Escape follows its `data-close` and gives the
// focus back to the row.
import { all, around, isTyping, one } from "./dom";

let from: string | null = null;
let opening = false;

document.addEventListener("click", (event) => {
  const link = around<HTMLAnchorElement>(event, "[data-row] a[hx-get]");
  if (!link) return;
  from = link.getAttribute("href");
  opening = true;
  // The row is marked at once; the panel follows.
  for (const row of all("[data-row]")) row.toggleAttribute("aria-selected", false);
  if (link.matches("[data-cell]")) {
    for (const cell of all("[data-cell][aria-current]")) cell.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    return;
  }
  link.closest("[data-row]")?.setAttribute("aria-selected", "true");
});

/** The cell that a panel is of may lie beyond the edge that the panel has moved. */
function showCell(): void {
  one("[data-cell][aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

showCell();

document.addEventListener("htmx:after:swap", () => {
  if (!opening) return;
  opening = false;
  showCell();
  const panel = one("[data-panel]");
  // Whoever goes through the rows with J and K stays in the list, and whoever is in the panel already, where they are.
  if (panel && !document.activeElement?.closest("[data-row], [data-panel]")) one("h2", panel)?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector(":popover-open, dialog[open]")) return;
  const close = one("[data-panel] [data-close]");
  if (!close) return;
  if (isTyping(event.target)) {
    // The first Escape leaves the field, so that nothing typed is lost by one key too many.
    (event.target as HTMLElement).blur();
    return;
  }
  event.preventDefault();
  close.click();
});

document.addEventListener("click", (event) => {
  if (!around(event, "[data-panel] [data-close]")) return;
  const opened = all<HTMLAnchorElement>("[data-row] a").find((link) => link.getAttribute("href") === from) ?? one("[data-row][aria-selected=true] a, [data-cell][aria-current]");
  opened?.focus();
  opened?.closest("[data-row]")?.removeAttribute("aria-selected");
  opened?.removeAttribute("aria-current");
});
