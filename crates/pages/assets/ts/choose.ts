// Ticks of rows: `data-choose-all` in the head, `data-choose-group` in the line of an activity and the link
// `data-choose-shown` tick all that are under them; `data-chosen-count` says how many are ticked.
import { all, around, one } from "./dom";

function ticks(): HTMLInputElement[] {
  return all<HTMLInputElement>("[data-row] [name=item]");
}

/** The ticks of the rows up to the line of the next activity. */
function under(box: HTMLElement): HTMLInputElement[] {
  const found: HTMLInputElement[] = [];
  let row = box.closest("tr")?.nextElementSibling;
  for (; row && !row.matches(".grp"); row = row.nextElementSibling) {
    const tick = one<HTMLInputElement>("[name=item]", row);
    if (tick) found.push(tick);
  }
  return found;
}

function show(box: HTMLInputElement, of: HTMLInputElement[]): void {
  const ticked = of.filter((tick) => tick.checked).length;
  box.checked = of.length > 0 && ticked === of.length;
  box.indeterminate = ticked > 0 && ticked < of.length;
  box.disabled = of.length === 0;
}

function count(): void {
  const every = ticks();
  all<HTMLInputElement>("[data-choose-all]").forEach((box) => show(box, every));
  all<HTMLInputElement>("[data-choose-group]").forEach((box) => show(box, under(box)));
  const said = one("[data-chosen-count]");
  if (said) said.textContent = String(every.filter((tick) => tick.checked).length);
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  const of = box.matches("[data-choose-all]") ? ticks() : box.matches("[data-choose-group]") ? under(box) : [];
  for (const tick of of) tick.checked = box.checked;
  if (of.length > 0 || box.name === "item") count();
});

document.addEventListener("click", (event) => {
  if (!around(event, "[data-choose-shown]")) return;
  event.preventDefault();
  const every = ticks();
  const on = every.some((tick) => !tick.checked);
  for (const tick of every) tick.checked = on;
  count();
});

count();
document.addEventListener("htmx:after:swap", count);
