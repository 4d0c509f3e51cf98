// `data-popover`: a menu opens under the button that opened it, or above if there is no room. Arrows move in it.
// Whatever pops up gives the focus back, when it closes, to what had it, else to the button that opened it.
import { all, around } from "./dom";

let opener: HTMLElement | null = null;

document.addEventListener("click", (event) => {
  opener = around(event, "[popovertarget]");
}, true);

const before = new WeakMap<HTMLElement, HTMLElement>();

document.addEventListener("beforetoggle", (event) => {
  const popover = around(event, "[popover]");
  if (!popover || (event as ToggleEvent).newState !== "open") return;
  const active = document.activeElement;
  const button = opener?.getAttribute("popovertarget") === popover.id ? opener : null;
  const back = active instanceof HTMLElement && active !== document.body ? active : button;
  if (back) before.set(popover, back);
  else before.delete(popover);
}, true);

document.addEventListener("toggle", (event) => {
  const popover = around(event, "[popover]");
  if (!popover || (event as ToggleEvent).newState !== "closed") return;
  const active = document.activeElement;
  // Whoever pressed something else went there on purpose.
  if (active === document.body || active === null || popover.contains(active)) before.get(popover)?.focus({ preventScroll: true });
}, true);

document.addEventListener("toggle", (event) => {
  const menu = around(event, "[data-popover]");
  if (!menu || (event as ToggleEvent).newState !== "open" || opener?.getAttribute("popovertarget") !== menu.id) return;
  const button = opener.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = button.bottom + 4 + height <= innerHeight;
  menu.style.position = "fixed";
  menu.style.margin = "0";
  menu.style.inset = "auto";
  menu.style.top = `${below ? button.bottom + 4 : Math.max(4, button.top - 4 - height)}px`;
  menu.style.left = `${Math.max(4, Math.min(button.left, innerWidth - width - 8))}px`;
  all("a, button, input:not([type=hidden])", menu)[0]?.focus();
}, true);

// What is chosen in a menu is sent, and the menu has done its work.
document.addEventListener("submit", (event) => {
  if (event.target instanceof HTMLElement && event.target.matches("[data-popover]:popover-open")) event.target.hidePopover();
});

document.addEventListener("keydown", (event) => {
  const menu = around(event, "[data-popover]");
  if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const lines = all("a, button", menu);
  const at = lines.findIndex((line) => line === document.activeElement);
  event.preventDefault();
  lines[(at + (event.key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length]?.focus();
});
