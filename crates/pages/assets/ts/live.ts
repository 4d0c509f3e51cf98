// `data-live` on the body names where events come from. An event says only that something changed: the page then asks for
// its own inside and morphs it. What somebody edits, points at or has the focus in is never replaced: it gets a mark and
// is swapped when they leave it; and while they are in a list, nothing in it moves.
import htmx from "htmx.org";
import { all, isTyping, one } from "./dom";
import { behind as isBehind, isBusy, latest, show } from "./latest";

/** Several changes in a moment are one. */
const gatherMs = 150;
/** Attributes that are the page's own. */
const kept = htmx.config.morphIgnore;

let waiting = 0;
let behind = false;

const address = document.body.dataset.live;
if (address) {
  const events = new EventSource(address);
  events.onopen = () => say(true);
  events.onerror = () => say(false);
  events.onmessage = changed;
  // Nothing is seen while the page is hidden; it catches up when it is shown.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && behind) changed();
  });
  for (const left of ["focusout", "pointerout", "click", "toggle"]) document.addEventListener(left, () => behind && setTimeout(release, gatherMs), true);
  document.addEventListener(isBehind, () => {
    behind = true;
    setTimeout(release, gatherMs);
  });
}

function say(on: boolean): void {
  const state = one("[data-live-state]");
  const words = state && one("span", state);
  if (words) {
    state.hidden = false;
    words.textContent = (on ? state.dataset.on : state.dataset.off) ?? "";
  }
  // What happened while it was off is not told again.
  if (on && behind) changed();
  behind ||= !on;
}

function changed(): void {
  behind = true;
  clearTimeout(waiting);
  if (!document.hidden) waiting = window.setTimeout(() => void refresh(), gatherMs);
}

function release(): void {
  if (behind && !isBusy() && held().length === 0) changed();
}

/** Rows and forms that belong to the person right now. */
function held(): HTMLElement[] {
  const main = one("#main");
  if (!main) return [];
  const rows = all("[data-row], [data-editable], [data-panel], form", main);
  return rows.filter((row) => isRefused(row) || (row.matches("[data-row]") && row.matches(":hover")) || (row.contains(document.activeElement) && (row.matches("[data-row]") || isTyping(document.activeElement))) || isEdited(row));
}

/** What was refused waits for its second try. */
function isRefused(element: HTMLElement): boolean {
  return element.matches("[data-refused]") || (element instanceof HTMLFormElement && one(".err, [role=alert], [aria-invalid=true]", element) !== null);
}

function isEdited(element: HTMLElement): boolean {
  if (!(element instanceof HTMLFormElement)) return false;
  return all<HTMLInputElement | HTMLTextAreaElement>("input, textarea", element).some((field) => field.value !== field.defaultValue || (field instanceof HTMLInputElement && field.checked !== field.defaultChecked));
}

async function refresh(): Promise<void> {
  const main = one("#main");
  if (!main) return;
  const number = latest();
  const asked = location.href;
  const answer = await fetch(asked, { headers: { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "main#main" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const text = await answer.text();
  // Somebody went on meanwhile: what they asked for comes first.
  if (number < latest() || asked !== location.href || isBusy()) {
    setTimeout(release, gatherMs);
    return;
  }
  const mine = held();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (mine.length > 0 && order(fresh) !== order(main)) {
    // Rows would move under the pointer: all of it waits.
    mine.forEach((element) => element.classList.add("stale"));
    return;
  }
  behind = mine.length > 0;
  for (const element of mine) {
    element.setAttribute("data-held", "");
    element.classList.add("stale");
  }
  // What somebody unfolded stays unfolded.
  htmx.config.morphIgnore = [...kept, "open"];
  await show({ sourceElement: main, target: main, text, swap: "innerMorph" }, number);
  htmx.config.morphIgnore = kept;
  for (const element of all("[data-held]")) element.removeAttribute("data-held");
}

function order(place: ParentNode): string {
  return all("[data-row][id]", place).map((row) => row.id).join(" ");
}
