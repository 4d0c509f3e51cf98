// `data-palette`: what was found and the lines that fit what is typed; arrows go through them, Enter takes the one that is
// marked. What the server finds comes a moment later into `#found` and takes the mark from nobody.
import { all, around, one } from "./dom";

/** Letters that follow at once are one question. */
const gatherMs = 120;

let waiting = 0;
let asking: AbortController | null = null;

document.addEventListener("input", (event) => {
  const palette = around(event, "[data-palette]");
  if (!palette) return;
  filter(palette);
  clearTimeout(waiting);
  waiting = window.setTimeout(() => void ask(palette), gatherMs);
});

// Before it is shown, so that nothing of what is typed at once is lost; `autofocus` puts the focus into it.
document.addEventListener("beforetoggle", (event) => {
  const palette = around(event, "[data-palette]");
  if (!palette || (event as ToggleEvent).newState !== "open") return;
  const input = one<HTMLInputElement>("input", palette);
  if (input) input.value = "";
  put(palette, null);
  filter(palette);
}, true);

document.addEventListener("keydown", (event) => {
  const palette = around(event, "[data-palette]");
  if (!palette) return;
  const lines = shown(palette);
  const at = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    mark(lines, (at + (event.key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length);
  } else if (event.key === "Enter" && at >= 0 && event.target instanceof HTMLInputElement) {
    palette.hidePopover();
    lines[at]?.click();
  } else {
    return;
  }
  event.preventDefault();
});

/** Asks the server, as the form would without scripts. */
async function ask(palette: HTMLElement): Promise<void> {
  asking?.abort();
  const form = one<HTMLFormElement>("form", palette);
  const typed = one<HTMLInputElement>("input", palette)?.value.trim() ?? "";
  if (!form || !typed) return put(palette, null);
  asking = new AbortController();
  const query = new URLSearchParams([...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#found" };
  const answer = await fetch(`${form.action}?${query}`, { headers, signal: asking.signal }).catch(() => null);
  if (!answer?.ok) return;
  const found = one("#found", new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html"));
  if (found && one<HTMLInputElement>("input", palette)?.value.trim() === typed) put(palette, found);
}

function put(palette: HTMLElement, found: HTMLElement | null): void {
  one("#found", palette)?.replaceChildren(...(found?.childNodes ?? []));
  tell(palette);
}

function shown(palette: HTMLElement): HTMLElement[] {
  return all("a, button", palette).filter((line) => !line.hidden);
}

function filter(palette: HTMLElement): void {
  const words = (one<HTMLInputElement>("input", palette)?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  for (const line of all("a, button", palette)) {
    const text = line.textContent.toLowerCase();
    line.hidden = !words.every((word) => text.includes(word));
    line.setAttribute("aria-selected", "false");
  }
  mark(shown(palette), -1);
  tell(palette);
}

/** Marks the first line if none is, and says what the lines are, or that there are none. */
function tell(palette: HTMLElement): void {
  const lines = shown(palette);
  if (!lines.some((line) => line.getAttribute("aria-selected") === "true")) mark(lines, lines.findIndex((line) => !line.closest("#found")));
  if (!lines.some((line) => line.getAttribute("aria-selected") === "true")) mark(lines, 0);
  const found = one("#found", palette)?.hasChildNodes() ?? false;
  const heading = one("[data-go-to]", palette);
  if (heading) heading.hidden = !found || lines.every((line) => line.closest("#found"));
  const none = one("[data-none]", palette);
  if (none) none.hidden = lines.length > 0;
}

function mark(lines: HTMLElement[], at: number): void {
  lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === at)));
  lines[at]?.scrollIntoView({ block: "nearest" });
}
