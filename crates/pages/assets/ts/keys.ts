// Single keys. `data-keys="C"` or `data-keys="G C"` on a link or a button is what a key presses: the one in the row or
// panel that has the focus first, then any on the page. `data-row` marks what J and K go through.
import { all, isShown, isTyping, one } from "./dom";

const off = "tminus.single-keys-off";
/** How long the second letter of a pair may take. */
const pairMs = 1200;

let first = "";
let forget = 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    one("#cmd")?.togglePopover();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || localStorage.getItem(off)) return;
  if (press(event.key)) event.preventDefault();
});

function press(key: string): boolean {
  const letter = key.length === 1 ? key.toUpperCase() : key;
  const pair = first ? `${first} ${letter}` : "";
  first = "";
  clearTimeout(forget);
  if (pair && click(pair)) return true;
  if (all(`[data-keys^="${CSS.escape(letter)} "]`).length > 0 && /^[A-Z]$/.test(letter)) {
    first = letter;
    // V alone verifies, V C looks as the customer: the letter alone waits for the second one.
    forget = window.setTimeout(() => {
      first = "";
      click(letter);
    }, pairMs);
    return true;
  }
  if (letter === "/") return open("#cmd");
  if (letter === "?") return open("#keys");
  if (letter === "J" || letter === "K") return step(letter === "J" ? 1 : -1);
  return /^[A-Z0-9]$/.test(letter) && click(letter);
}

function open(selector: string): boolean {
  const popover = one(selector);
  popover?.showPopover();
  return popover !== null;
}

function click(keys: string): boolean {
  const places = [document.activeElement?.closest("[data-row]"), one("[popover]:popover-open"), one("[data-panel]"), one("#main"), document];
  for (const place of places) {
    const target = place && all(`[data-keys="${CSS.escape(keys)}"]`, place).find((element) => isShown(element) || element.closest("#cmd"));
    if (!target) continue;
    if (target.matches("input, select")) target.focus();
    else target.click();
    return true;
  }
  return false;
}

function step(by: number): boolean {
  const rows = all("[data-row]").filter(isShown);
  const at = rows.findIndex((row) => row.contains(document.activeElement) || row.matches("[aria-selected=true]"));
  const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  const target = row && (one("a, button", row) ?? row);
  if (!target) return false;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
  // With a panel open, going to a row shows it.
  if (one("[data-panel]") && target.matches("a[hx-get]")) target.click();
  return true;
}

document.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement) || !event.target.matches("[data-keys-switch]")) return;
  if (event.target.checked) localStorage.removeItem(off);
  else localStorage.setItem(off, "1");
});

const box = one<HTMLInputElement>("[data-keys-switch]");
if (box) box.checked = !localStorage.getItem(off);
