// `form[data-scheme]`: colours change at once; the cookie is what the form would have set.
import { all, around } from "./dom";

document.addEventListener("submit", (event) => {
  const form = around<HTMLFormElement>(event, "form[data-scheme]");
  const chosen = event.submitter;
  if (!form || !(chosen instanceof HTMLButtonElement)) return;
  event.preventDefault();
  document.documentElement.dataset.theme = chosen.value;
  document.cookie = `scheme=${chosen.value}; Path=/; Max-Age=31536000; SameSite=Lax`;
  for (const button of all("button", form)) button.toggleAttribute("aria-current", false);
  chosen.setAttribute("aria-current", "true");
});
