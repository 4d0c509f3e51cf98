// `data-passkey`: a form that an authenticator fills in. Shown where the browser has passkeys; the address says what to ask it for.
// `data-no-passkey` stands there until then. What went wrong is said in `data-trouble`, a cancelled question in the words of `data-failed`.
import { all, one } from "./dom";

/** Browsers know no passkeys for a bare address, only for a name. */
function hasPasskeys(): boolean {
  if (/^[\d.]+$|:/.test(location.hostname)) return false;
  return "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential && "toJSON" in PublicKeyCredential.prototype;
}

async function answer(ask: string, form: HTMLFormElement): Promise<Credential | null> {
  // Where the password is asked for, it goes with the question, and is not sent again with the answer.
  const password = one<HTMLInputElement>("[name=password]", form);
  const own = one<HTMLInputElement>("[name=token]", form);
  const body = new URLSearchParams([...(password ? [["password", password.value]] : []), ...(own ? [["token", own.value]] : [])]);
  const asked = await fetch(ask, { method: "POST", body });
  if (!asked.ok) throw new Error(await asked.text());
  const options: unknown = await asked.json();
  return isNew(options)
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON) });
}

function isNew(options: unknown): options is PublicKeyCredentialCreationOptionsJSON {
  return typeof options === "object" && options !== null && "pubKeyCredParams" in options;
}

async function fill(form: HTMLFormElement, ask: string): Promise<void> {
  const trouble = one("[data-trouble]", form);
  const field = one<HTMLInputElement>("[name=answer]", form);
  if (!field || form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  if (trouble) trouble.hidden = true;
  try {
    const credential = await answer(ask, form);
    if (!(credential instanceof PublicKeyCredential)) throw new DOMException("nothing was chosen");
    const password = one<HTMLInputElement>("[name=password]", form);
    if (password) password.disabled = true;
    field.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    if (!trouble) return;
    const isOurs = error instanceof Error && !(error instanceof DOMException) && !(error instanceof TypeError) && error.message !== "";
    trouble.textContent = isOurs ? error.message : form.dataset.failed ?? "";
    trouble.hidden = false;
  } finally {
    form.ariaBusy = null;
  }
}

function look(): void {
  if (!hasPasskeys()) return;
  for (const form of all<HTMLFormElement>("form[data-passkey]")) form.hidden = false;
  for (const instead of all("[data-no-passkey]")) instead.hidden = true;
}

look();
document.addEventListener("htmx:after:swap", look);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.passkey) return;
  event.preventDefault();
  void fill(form, form.dataset.passkey);
});
