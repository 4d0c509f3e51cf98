// Forms of the item's panel and of `data-send`, the one that changes many, and those that undo: what they answer is put into the page as it
// stands, so that nobody is thrown to its top, out of the panel or out of the list. A form that leads elsewhere is sent as ever. A second press
// while the answer is on its way does nothing; what did not get through is said, and stays typed.
import { isShown, one } from "./dom";
import { begin, latest, show } from "./latest";

/** Answers that are the same page once more: done, somebody else was first, refused with everything typed. */
const pages = [200, 409, 422];

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post") || !form.matches("[data-panel] form, [data-send] form, #bulk, [data-undo]")) return;
  const data = new FormData(form, event.submitter);
  const back = data.get("back") ?? (form.matches("[data-send] form, [data-undo]") ? location.pathname + location.search : null);
  if (typeof back !== "string" || new URL(back, location.href).pathname !== location.pathname) return;
  event.preventDefault();
  if (form.ariaBusy !== "true") void send(form, data, back);
});

async function send(form: HTMLFormElement, data: FormData, back: string): Promise<void> {
  form.ariaBusy = "true";
  one("[data-lost]", form)?.remove();
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams([...data].filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "main#main" };
  const number = begin();
  const answer = await fetch(form.action, { method: "POST", body, headers }).catch(() => null);
  const text = await answer?.text().catch(() => null);
  form.ariaBusy = null;
  const main = one("#main");
  if (!answer || text == null || !main) {
    say(form, one("#toasts")?.dataset.unsent ?? "");
    return;
  }
  if (form.matches("[data-undo]")) {
    // Done, or refused for good: it is offered no more.
    form.dataset.undone = "";
    (form.closest("[data-toast]") ?? (form.hidden ? form : null))?.remove();
  }
  if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
    location.assign(answer.url);
    return;
  }
  if (!pages.includes(answer.status) || answer.headers.has("HX-Retarget")) {
    await show({ sourceElement: main, target: one("#toasts") ?? main, text, swap: "beforeend" }, number);
    return;
  }
  // What was saved is no draft any more.
  if (answer.redirected) form.reset();
  const isLatest = number === latest();
  await show({ sourceElement: main, target: main, text, swap: "innerMorph" }, number, !answer.redirected);
  if (answer.redirected && isLatest && location.pathname + location.search !== back) history.pushState(null, "", back);
  // What was refused waits for its second try: no live update takes it away.
  if (!answer.redirected) (form.isConnected ? form.closest("[data-panel]") ?? form : one("[data-panel]"))?.setAttribute("data-refused", "");
  settle();
}

/** The place of the focus may be gone or closed: then it goes to the heading of the panel. */
function settle(): void {
  const wrong = one("[data-panel] [aria-invalid=true], [data-panel] [role=alert], [data-send] [role=alert], #bulk [role=alert]");
  const active = document.activeElement;
  if (wrong?.matches("input, select, textarea")) wrong.focus();
  else if (!(active instanceof HTMLElement) || active === document.body || !isShown(active)) (one("[data-panel] h2") ?? one(".portal #main"))?.focus({ preventScroll: true });
  wrong?.scrollIntoView({ block: "nearest" });
}

/** On a page made for a phone it stands in the form until that is sent again: a toast would cover what is to be pressed. */
function say(form: HTMLFormElement, words: string): void {
  const inside = form.matches("[data-send] form");
  const said = document.createElement(inside ? "p" : "div");
  said.className = inside ? "err" : "toast";
  said.dataset[inside ? "lost" : "toast"] = "";
  if (inside) said.role = "alert";
  said.textContent = words;
  (inside ? form : one("#toasts"))?.append(said);
}
