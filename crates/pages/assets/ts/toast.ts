// `data-toast`: goes after ten seconds, not while somebody reads or reaches for it. Z undoes the last thing that is still
// to be undone, then the one before, also later. `data-undo` is the form that does it; it is sent by `send`.
import { all, around, isTyping, one } from "./dom";

const staysMs = 10_000;
/** What can be undone, the newest last. */
let undos: HTMLFormElement[] = [];

function watch(toast: HTMLElement): void {
  toast.dataset.watched = "";
  const undo = one<HTMLFormElement>("form[data-undo]", toast);
  if (undo) undos.push(undo);
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
  if (event.key.toLowerCase() !== "z" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  undos = undos.filter((form) => !("undone" in form.dataset));
  const undo = undos.findLast((form) => form.ariaBusy !== "true");
  if (!undo) return;
  event.preventDefault();
  if (!undo.isConnected) {
    undo.hidden = true;
    document.body.append(undo);
  }
  undo.requestSubmit();
});
