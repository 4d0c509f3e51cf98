// `data-toast`: goes after ten seconds, not while somebody reads or reaches for it. Z undoes the last thing, also later.
import { all, around, isTyping, one } from "./dom";

const staysMs = 10_000;
let lastUndo: HTMLFormElement | null = null;

function watch(toast: HTMLElement): void {
  toast.dataset.watched = "";
  lastUndo = one<HTMLFormElement>("form[data-undo]", toast) ?? lastUndo;
  const close = one("[data-dismiss]", toast);
  if (close) close.hidden = false;
  const leave = (): void => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
    else toast.remove();
  };
  setTimeout(leave, staysMs);
}

function look(): void {
  all("[data-toast]:not([data-watched])").forEach(watch);
}

look();
document.addEventListener("htmx:after:swap", look);

document.addEventListener("click", (event) => {
  if (around(event, "[data-dismiss]")) around(event, "[data-toast]")?.remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !lastUndo) return;
  event.preventDefault();
  const undo = lastUndo;
  lastUndo = null;
  if (!undo.isConnected) {
    undo.hidden = true;
    document.body.append(undo);
  }
  undo.requestSubmit();
});

document.addEventListener("submit", (event) => {
  if (event.target === lastUndo) lastUndo = null;
});
