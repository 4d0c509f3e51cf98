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
  link.closest("[data-row]")?.setAttribute("aria-selected", "true");
});

document.addEventListener("htmx:after:swap", () => {
  if (!opening) return;
  opening = false;
  const panel = one("[data-panel]");
  // Whoever goes through the rows with J and K stays in the list.
  if (panel && !document.activeElement?.closest("[data-row]")) one("h2", panel)?.focus();
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
  if (!around(event, "[data-panel] [data-close]") || !from) return;
  const row = all<HTMLAnchorElement>("[data-row] a").find((link) => link.getAttribute("href") === from);
  row?.focus();
  row?.closest("[data-row]")?.removeAttribute("aria-selected");
});
