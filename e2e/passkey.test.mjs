// Passkeys: added, used instead of a password, and taken away, with Chromium's virtual authenticator.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

let server, here, browser;

before(async () => {
  server = await startTminus();
  // Browsers know no passkeys for a bare address.
  here = { ...server, url: server.url.replace("127.0.0.1", "localhost") };
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Somebody with an authenticator that answers by itself. `answers` says whether its person lets it. */
async function withAuthenticator(page) {
  const chromium = await page.context().newCDPSession(page);
  await chromium.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
  const { authenticatorId } = await chromium.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    answers: (isUserVerified) => chromium.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    credentials: async () => (await chromium.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    /** What an authenticator kept elsewhere, or a copy of it with an older counter. */
    add: (credential) => chromium.send("WebAuthn.addCredential", { authenticatorId, credential }),
    forget: () => chromium.send("WebAuthn.clearCredentials", { authenticatorId }),
  };
}

async function addPasskey(page, title) {
  await page.goto("/settings");
  await page.getByRole("link", { name: "See your passkeys" }).click();
  await page.getByLabel("What you will know it by").fill(title);
  await page.getByRole("button", { name: "Add a passkey" }).click();
}

for (const size of [undefined, phone]) {
  test(`Ann adds a passkey and signs in with it${size ? " on a phone" : ""}`, async () => {
    const ann = await openPage(browser, here, { size });
    const authenticator = await withAuthenticator(ann);
    await signIn(ann, manager);
    const title = size ? "Phone" : "Desk";
    await authenticator.answers(false);
    await addPasskey(ann, title);
    await ann.getByText("No passkey was made. Nothing is changed; try again.").waitFor();
    await authenticator.answers(true);
    await ann.getByRole("button", { name: "Add a passkey" }).click();
    await ann.getByText("The passkey is added: it signs you in from now on.").waitFor();
    await ann.getByText("Not used yet.").waitFor();
    assert.equal((await authenticator.credentials()).length, 1);
    // The browser knows that this authenticator has one already.
    await ann.getByRole("button", { name: "Add a passkey" }).click();
    await ann.getByText("No passkey was made.").waitFor();

    await ann.context().clearCookies();
    await ann.goto("/people");
    await ann.getByRole("button", { name: "Sign in with a passkey" }).click();
    await ann.waitForURL((url) => url.pathname === "/people");
    await ann.goto("/settings/passkeys");
    await ann.getByText("Last used").waitFor();

    // A copy of the authenticator, whose counter is behind.
    const [kept] = await authenticator.credentials();
    await authenticator.forget();
    await authenticator.add({ ...kept, signCount: 0 });
    await ann.context().clearCookies();
    await ann.goto("/sign-in");
    await ann.getByRole("button", { name: "Sign in with a passkey" }).click();
    await ann.getByText("That passkey signs nobody in here").waitFor();
    await authenticator.forget();
    await authenticator.add({ ...kept, signCount: kept.signCount + 20 });
    await ann.getByRole("button", { name: "Sign in with a passkey" }).click();
    await ann.waitForURL((url) => url.pathname === "/");

    await ann.goto("/settings/passkeys");
    await ann.getByRole("button", { name: `Remove: ${title}` }).click();
    await ann.getByText("The passkey is removed. Delete it on your device too.").waitFor();
    await ann.context().clearCookies();
    await ann.goto("/sign-in");
    await ann.getByRole("button", { name: "Sign in with a passkey" }).click();
    await ann.getByText("That passkey signs nobody in here").waitFor();
    await authenticator.forget();
    await ann.getByRole("button", { name: "Sign in with a passkey" }).click();
    await ann.getByText("No passkey answered. Try again, or sign in with your password.").waitFor();
    assertNoFaults(ann);
    await ann.context().close();
  });
}

test("a question is answered once, and only by a browser at the same place", async () => {
  const ann = await openPage(browser, here);
  const authenticator = await withAuthenticator(ann);
  await signIn(ann, manager);
  await addPasskey(ann, "Desk");
  await ann.getByText("The passkey is added").waitFor();
  await ann.context().clearCookies();
  await ann.goto("/sign-in");
  const answer = await ann.evaluate(async () => {
    const asked = await (await fetch("/sign-in/passkey/ask", { method: "POST", body: new URLSearchParams() })).json();
    const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    return JSON.stringify(credential.toJSON());
  });
  const send = (origin, given) =>
    fetch(`${origin}/sign-in/passkey`, { method: "POST", redirect: "manual", body: new URLSearchParams({ answer: given, next: "/" }) });
  const changed = JSON.parse(answer);
  changed.response.clientDataJSON = Buffer.from(
    Buffer.from(changed.response.clientDataJSON, "base64url").toString().replace("localhost", "elsewhere.example"),
  ).toString("base64url");
  assert.equal((await send(here.url, JSON.stringify(changed))).status, 422, "the place is signed");
  assert.equal((await send(here.url, answer)).status, 422, "the question was used up");
  const another = await ann.evaluate(async () => {
    const asked = await (await fetch("/sign-in/passkey/ask", { method: "POST", body: new URLSearchParams() })).json();
    const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    return JSON.stringify(credential.toJSON());
  });
  assert.equal((await send(server.url, another)).status, 422, "another name of this machine is another place");
  for (const bad of ["", "{}", "[]", "null", "x".repeat(10_000), answer.slice(0, 80)]) assert.equal((await send(here.url, bad)).status, 422);
  await ann.getByRole("button", { name: "Sign in with a passkey" }).click();
  await ann.waitForURL((url) => url.pathname === "/");
  assert.equal((await authenticator.credentials()).length, 1);
  await ann.context().close();
});

test("without scripts the password is there, and the page says what passkeys need", async () => {
  const ann = await openPage(browser, here, { scripts: false });
  await ann.goto("/sign-in");
  assert.equal(await ann.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
  await signIn(ann, manager);
  await ann.goto("/settings/passkeys");
  await ann.getByText("This browser cannot add a passkey here").waitFor();
  assert.equal(await ann.getByRole("button", { name: "Add a passkey" }).count(), 0);
  assertNoFaults(ann);
  await ann.context().close();
});
