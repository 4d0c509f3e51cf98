// The main job, from opening an engagement to the proof of what was done: with scripts and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, assertStill, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager } from "./sample.mjs";
import { addNote, goToTab, kitTitle, panel, setStatus, setStatusBecause, takeWayOut, verifyRecord, weekdaysAhead } from "./steps.mjs";
import { startTminus } from "./tminus.mjs";

let server, browser;

before(async () => {
  server = await startTminus();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Fills in the form as somebody does who knows the kick-off and that people come on site and are checked. */
async function describe(page, customer, scripts) {
  await page.getByRole("link", { name: "Engagements", exact: true }).first().click();
  await page.getByRole("main").locator("a[href='/engagements/new']").first().click();
  await chooseKit(page);
  if (!scripts) await lookAgain(page);
  await page.locator('[name="a.onsite"][value=yes]').waitFor();
  await page.locator("[name=customer]").fill(customer);
  await page.locator("[name=title]").fill("Mobilize");
  await page.locator("[name=sow]").fill("SOW-2026-7");
  await page.locator('[name="ms.kickoff"]').fill(weekdaysAhead(9));
  await page.locator('[name="p0.onsite"]').check();
  await answer(page, "a.onsite", "yes");
  await answer(page, "a.background_checks", "yes");
  if (!scripts) await lookAgain(page);
  await answer(page, "a.attestation_accepted", "no");
  if (!scripts) await lookAgain(page);
}

async function chooseKit(page) {
  const kit = page.locator("select[name=kit]").first();
  const option = kit.locator("option", { hasText: kitTitle }).first();
  await kit.selectOption(await option.getAttribute("value"));
}

/** The words are pressed; the button itself is under them. */
async function answer(page, question, value) {
  await page.locator("label", { has: page.locator(`[name="${question}"][value=${value}]`) }).click();
}

/** Without scripts, what follows from the answers is asked for by a button. */
async function lookAgain(page) {
  await page.locator("#preview button[formaction$='/preview']:not([name])").click();
}

for (const { name, scripts, size } of [
  { name: "at a desk", scripts: true },
  { name: "without scripts", scripts: false },
  { name: "on a phone", scripts: true, size: phone },
]) {
  test(`an engagement manager opens an engagement, works it and proves it, ${name}`, async () => {
    const page = await openPage(browser, server, { scripts, size });
    const customer = `Northwind ${name}`;
    await signIn(page, manager);
    await describe(page, customer, scripts);

    // Without opening anything, in the colour of what is late, with the ways out.
    const short = page.locator("#preview [data-short]", { hasText: "Receive the clearance from the background check" });
    await short.waitFor();
    assert.equal(await short.locator("[data-st=late]").first().isVisible(), true, "it is not marked as late");
    const told = Number(await page.locator("#preview .big").nth(2).innerText());
    assert.equal(await page.locator("#preview [data-short]:visible").count(), told, "not everything that cannot be made is shown");
    assert.match(await short.innerText(), /15 bd/, "the preview does not say how long the check takes");
    assert.match(await short.innerText(), /visitor badge and an escort/, "no way out is offered");
    await page.locator("#preview button[type=submit]").click();
    await page.waitForURL(/\/engagements\/[^/]+\/countdown$/);
    assert.ok((await page.getByRole("heading", { level: 1 }).innerText()).includes(customer));
    if (scripts) await assertStill(page);
    const engagement = /engagements\/([^/]+)\//.exec(page.url())[1];
    const began = await server.command("engagement", "status", engagement);

    await goToTab(page, "Checklist");
    await page.locator("[data-row] a", { hasText: "Receive the clearance from the background check" }).first().click();
    await panel(page).getByText(/Needs 15 business days/).waitFor();
    await takeWayOut(page, "visitor badge", "The room is ours from the first day");
    await panel(page).getByText(/chose this way out: The room is ours/).waitFor();

    await page.goto(`/engagements/${engagement}/checklist`);
    await page.locator("[data-row] a", { hasText: "Get the customer's rules for people and visits" }).first().click();
    await addNote(page, "In the customer's wiki, ask Bob");
    if (scripts) await setStatus(page, "Done");
    else await setStatusBecause(page, "Done", "");
    await page.locator("#item .st, #main .st", { hasText: "Done" }).first().waitFor();

    const now = await server.command("engagement", "status", engagement);
    assert.notDeepEqual(now.gates, began.gates, "no gate has moved");
    await page.goto(`/engagements/${engagement}/countdown`);
    assert.match(await page.getByRole("main").innerText(), /T−9/);
    await verifyRecord(page, server);
    assertNoFaults(page);
    await page.context().close();
  });
}

test("what is typed is shown as text, whatever it is", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto("/engagements");
  await page.locator("[href*='/countdown']").first().click();
  await goToTab(page, "Checklist");
  await page.locator("[data-row] a").first().click();
  const odd = `<script>document.title="taken"</script> "quoted" 'so' & <b>bold</b> \u202Eright to left 🙂`;
  await panel(page).getByLabel("Comment", { exact: true }).fill(odd);
  await panel(page).getByRole("button", { name: "Comment" }).click();
  await panel(page).locator(".feed", { hasText: 'document.title="taken"' }).waitFor();
  assert.doesNotMatch(await page.title(), /^taken$/);
  assert.equal(await panel(page).locator(".feed script, .feed b:text-is('bold')").count(), 0, "it became markup");
  assertNoFaults(page);
  await page.context().close();
});

test("a customer works their items on a phone, and sees nothing internal", async () => {
  const page = await openPage(browser, server, { size: phone });
  await signIn(page, "bob@example.com");
  await page.goto("/");
  await page.getByRole("main").locator("a[href*='/items/'], a[href*='item=']").first().click();
  await panel(page).or(page.getByRole("main")).first().waitFor();
  const text = await page.getByRole("main").innerText();
  assert.doesNotMatch(text, /Internal to delivery/, "a customer reads something internal");
  await page.getByLabel("Comment", { exact: true }).fill("Mona at the gate has the forms.");
  await page.getByRole("button", { name: "Comment" }).click();
  await page.getByText("Mona at the gate has the forms.").waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= phone.width, `the page is ${width} px wide`);
  assertNoFaults(page);
  await page.context().close();
});

test("the preview follows the last answer, however slow the ones before", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto("/engagements/new");
  await chooseKit(page);
  await page.locator('[name="a.onsite"][value=yes]').waitFor();
  await page.route("**/engagements/new/preview", async (route) => {
    await new Promise((done) => setTimeout(done, 1500));
    await route.continue().catch(() => {});
  });
  // Each is asked for while the answer to the one before is on its way.
  for (const [question, value] of [["a.onsite", "yes"], ["a.background_checks", "no"], ["a.background_checks", "yes"]]) {
    await answer(page, question, value);
    await page.waitForTimeout(250);
  }
  await page.locator('[name="a.attestation_accepted"][value=no]').waitFor({ state: "attached" });
  assertNoFaults(page);
  await page.context().close();
});

test("a form of the panel leaves the list where it is, and the panel open", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto("/engagements");
  await page.locator("[href*='/countdown']").first().click();
  await goToTab(page, "Checklist");
  await page.locator("[data-row] a").nth(40).click();
  await panel(page).getByLabel("Comment", { exact: true }).waitFor();
  const place = () => page.evaluate(() => Math.round(document.querySelector("[data-row][aria-selected=true]").getBoundingClientRect().top));
  const before = await place();
  assert.ok((await page.evaluate(() => ((globalThis.sameDocument = true), scrollY))) > 500, "the list was not scrolled");
  await addNote(page, "Seen on the way");
  await panel(page).getByLabel("Comment", { exact: true }).fill("Half a thought");
  await setStatusBecause(page, "Blocked", "");
  await panel(page).locator("#status-reason[aria-invalid=true]").waitFor();
  assert.equal(await panel(page).getByLabel("Comment", { exact: true }).inputValue(), "Half a thought", "a refusal took what was typed elsewhere");
  await panel(page).locator("#status-reason").fill("The door is shut");
  await panel(page).getByRole("button", { name: "Set status" }).click();
  await panel(page).locator(".st", { hasText: "Blocked" }).first().waitFor();
  await panel(page).getByRole("button", { name: "Comment" }).click();
  await panel(page).locator(".feed", { hasText: "Half a thought" }).waitFor();
  assert.equal(await panel(page).getByLabel("Comment", { exact: true }).inputValue(), "", "what was said is still a draft");
  assert.ok(Math.abs((await place()) - before) < 100, `the row went from ${before} to ${await place()}`);
  assert.deepEqual(await page.evaluate(() => [globalThis.sameDocument, document.activeElement?.closest("#item") !== null]), [true, true], "the document or the focus is another");
  assertNoFaults(page);
  await page.context().close();
});
