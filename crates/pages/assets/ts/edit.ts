// `data-edit` is text that htmx swaps for a form inside `data-editable`. The form's field gets the focus, Enter saves,
// Escape follows the form's `data-cancel`, and then the focus is back where it was.
import { around, one } from "./dom";

let back = "";

document.addEventListener("click", (event) => {
  const edit = around(event, "[data-edit]");
  if (edit) back = edit.closest("[data-editable]")?.id ?? "";
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const cancel = one("[data-cancel]", around(event, "[data-editable]") ?? document.createElement("p"));
  if (!cancel) return;
  event.preventDefault();
  event.stopPropagation();
  cancel.click();
});

document.addEventListener("htmx:after:swap", () => {
  const place = back ? document.getElementById(back) : null;
  if (!place) return;
  const field = one<HTMLInputElement>("input:not([type=hidden]), select, textarea", place);
  if (field) {
    field.focus();
    if (field instanceof HTMLInputElement && field.type === "text") field.select();
  } else {
    one("[data-edit]", place)?.focus();
    back = "";
  }
});
