// `data-palette`: the lines that fit what is typed, best first under the arrows; Enter takes the one that is marked.
import { all, around, one } from "./dom";

document.addEventListener("input", (event) => {
  const palette = around(event, "[data-palette]");
  if (palette) filter(palette);
});

document.addEventListener("toggle", (event) => {
  const palette = around(event, "[data-palette]");
  if (!palette || (event as ToggleEvent).newState !== "open") return;
  const input = one<HTMLInputElement>("input", palette);
  if (input) input.value = "";
  filter(palette);
  input?.focus();
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
  const lines = shown(palette);
  mark(lines, 0);
  const none = one("[data-none]", palette);
  if (none) none.hidden = lines.length > 0;
}

function mark(lines: HTMLElement[], at: number): void {
  lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === at)));
  lines[at]?.scrollIntoView({ block: "nearest" });
}
