// Signing in and out with real OpenID providers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { signInThere, startOpenid } from "./openid.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

let acme, other, server, browser, sample;

const verified = { email_verified: true, groups: [] };
const people = {
  ann: { email: manager, name: "Ann", ...verified },
  eve: { email: "eve.adams@example.com", name: "Eve Adams", zoneinfo: "Asia/Tokyo", ...verified, groups: ["practice-leads"] },
  mallory: { email: manager, name: "Mallory", email_verified: false },
  stranger: { email: "stranger@elsewhere.example", name: "Stranger", ...verified },
};

before(async () => {
  server = await startTminus({
    signIn: async (url) => {
      acme = await startOpenid(url, { people, more: 'adds_people = true\nscopes = ["groups"]\ngroups_claim = "groups"\nleads = ["practice-leads"]\nadministrators = ["admins"]' });
      other = await startOpenid(url, { id: "other", title: "Other & Sons", people });
      return [acme, other];
    },
  });
  browser = await openBrowser();
  sample = await sampleOf(server);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await acme?.stop();
  await other?.stop();
});

/** A window in which the provider's own pages may do as they like, but ask nobody else. */
async function openWindow(options) {
  const page = await openPage(browser, server, options);
  await page.context().route(/googleapis/, (route) => route.fulfill({ contentType: "text/css", body: "" }));
  return page;
}

/** What went wrong on our pages. */
function assertFine(page) {
  assert.deepEqual(page.faults.filter((fault) => !/^\/(interaction|session)\//.test(fault) && !fault.includes(acme.issuer)), []);
}

for (const scripts of [true, false]) {
  test(`Ann signs in with Acme ${scripts ? "" : "without scripts "}and comes to the page she asked for`, async () => {
    const ann = await openWindow({ scripts, size: scripts ? undefined : phone });
    await ann.goto(`/engagements/${sample.engagement}/people`);
    await ann.getByRole("link", { name: "Sign in with Acme" }).click();
    await signInThere(ann, "ann");
    await ann.waitForURL(`${server.url}/engagements/${sample.engagement}/people`);
    const cookies = await ann.context().cookies(server.url);
    const session = cookies.find(({ name }) => name === "tminus_session");
    assert.ok(session?.httpOnly && session.sameSite === "Lax", JSON.stringify(cookies));
    assert.ok(!cookies.some(({ name }) => name === "tminus_flow"), "what was kept on the way is gone");
    assertFine(ann);
    await ann.context().close();
  });
}

test("Eve is new: she is added with her name and her role, and signs out there too", async () => {
  const eve = await openWindow();
  await eve.goto("/sign-in");
  await eve.getByRole("link", { name: "Sign in with Acme" }).click();
  await signInThere(eve, "eve");
  await eve.waitForURL((url) => url.origin === server.url && !url.pathname.startsWith("/sign-in"));
  const known = await server.command("person", "list");
  const added = known.find(({ email }) => email === "eve.adams@example.com");
  assert.deepEqual([added.name, added.zone, added.practice, added.side], ["Eve Adams", "Asia/Tokyo", "lead", "delivery"]);
  await eve.getByRole("button", { name: /settings, colours, sign out/ }).click();
  await eve.locator('form[action="/sign-out"] button').click();
  await eve.getByText("You are signed out here, and still signed in at Acme.").waitFor();
  await eve.getByRole("link", { name: "Sign out of Acme too" }).click();
  await eve.getByRole("button", { name: /Yes, sign me out/ }).click();
  await eve.waitForURL(/\/sign-in/);
  await eve.getByRole("link", { name: "Sign in with Acme" }).click();
  await eve.locator("[name=login]").waitFor();
  assertFine(eve);
  await eve.context().close();
});

test("Whoever signs out at the provider is signed out here at once", async () => {
  const ann = await openWindow();
  await ann.goto("/sign-in");
  await ann.getByRole("link", { name: "Sign in with Acme" }).click();
  await signInThere(ann, "ann");
  await ann.waitForURL((url) => url.origin === server.url && !url.pathname.startsWith("/sign-in"));
  const there = await ann.context().newPage();
  await there.goto(`${acme.issuer}/session/end`);
  await there.getByRole("button", { name: /Yes, sign me out/ }).click();
  await there.getByText("Sign-out Success").waitFor();
  await ann.goto(`/engagements/${sample.engagement}/people`);
  await ann.getByRole("heading", { name: "Sign in" }).waitFor();
  await ann.context().close();
});

test("Nobody is let in on a word that does not count", async () => {
  for (const [provider, name, said] of [
    ["Acme", "mallory", /Acme does not say that .* is yours/],
    ["Acme", "stranger", /Acme does not speak for addresses such as stranger@elsewhere\.example/],
  ]) {
    const page = await openWindow();
    await page.goto("/sign-in");
    await page.getByRole("link", { name: `Sign in with ${provider}` }).click();
    await signInThere(page, name);
    await page.getByText(said).waitFor();
    await page.goto(`/engagements/${sample.engagement}/people`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.context().close();
  }
});

test("An answer that was made for another browser, or is old, begins no session", async () => {
  const page = await openWindow();
  for (const path of ["/sign-in/from/acme", "/sign-in/from/acme?code=x&state=y", "/sign-in/from/acme?error=access_denied&state=y"]) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 422, path);
    await page.getByText("Signing in with Acme did not work: begin again here").waitFor();
  }
  assert.equal((await page.goto("/sign-in/from/nobody?code=x&state=y")).status(), 404);
  assert.equal((await page.goto("/sign-in/with/nobody")).status(), 404);
  // Mallory's answer in Ann's browser: the state is not the one of her browser.
  const mallory = await openWindow();
  await mallory.goto("/sign-in");
  await mallory.getByRole("link", { name: "Sign in with Acme" }).click();
  await mallory.context().clearCookies({ name: "tminus_flow" });
  await signInThere(mallory, "ann");
  await mallory.getByText("Signing in with Acme did not work: begin again here").waitFor();
  const stolen = mallory.url();
  assert.match(stolen, /code=/);
  await page.goto("/sign-in/with/acme");
  await page.locator("[name=login]").waitFor();
  assert.equal((await page.goto(stolen)).status(), 422);
  await page.context().close();
  await mallory.context().close();
});

test("With the provider away, people who are in stay in, and who comes is told", async () => {
  const ann = await openWindow();
  await ann.goto("/sign-in");
  await ann.getByRole("link", { name: "Sign in with Other & Sons" }).click();
  await signInThere(ann, "ann");
  await ann.waitForURL((url) => url.origin === server.url && !url.pathname.startsWith("/sign-in"));
  const late = await openWindow();
  await late.goto("/sign-in");
  await late.getByRole("link", { name: "Sign in with Other & Sons" }).click();
  await late.locator("[name=login]").waitFor();
  await other.stop();
  await ann.goto(`/engagements/${sample.engagement}/people`);
  await ann.getByRole("heading", { level: 1 }).waitFor();
  assert.match(ann.url(), /people$/);
  const local = await openWindow();
  await signIn(local, manager);
  assertNoFaults(local);
  await server.restart();
  assert.equal((await late.goto("/sign-in/with/other")).status(), 503);
  await late.getByText("Other & Sons does not answer just now").waitFor();
  await ann.reload();
  assert.match(ann.url(), /people$/, "a session outlives a restart without the provider");
  for (const page of [ann, late, local]) await page.context().close();
});
