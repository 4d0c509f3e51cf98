// Two people at the same engagement.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, signIn } from "./browser.mjs";
import { manager, smallEngagement } from "./sample.mjs";
import { panel, rowOf, sees, setStatus } from "./steps.mjs";
import { startTminus } from "./tminus.mjs";

let server, browser, engagement, items;

before(async () => {
  server = await startTminus();
  browser = await openBrowser();
  ({ engagement, items } = await smallEngagement(server));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function person(email, path) {
  const page = await openPage(browser, server);
  await signIn(page, email);
  await page.goto(path);
  return page;
}

test("a change by one person shows on the other's screen and takes nothing from them", async () => {
  const [changed, other] = items;
  const ann = await person(manager, `/engagements/${engagement}/checklist?item=${changed.id}`);
  const dee = await person("dee@example.com", `/engagements/${engagement}/checklist?item=${other.id}`);
  await dee.getByText("Live, all saved").waitFor();
  const comment = panel(dee).getByLabel("Comment", { exact: true });
  await comment.fill("Half a sent");
  await dee.evaluate(() => (globalThis.sameDocument = true));

  await setStatus(ann, "In progress");
  await sees(ann, changed.id, "In progress");
  await sees(dee, changed.id, "In progress");

  assert.equal(await comment.inputValue(), "Half a sent", "what Dee typed is gone");
  assert.ok(await comment.evaluate((field) => field === document.activeElement), "Dee lost the focus");
  assert.ok(await dee.evaluate(() => globalThis.sameDocument), "Dee's page was loaded anew");
  await dee.keyboard.type("ence.");
  await panel(dee).getByRole("button", { name: "Comment" }).click();
  await panel(dee).getByText("Half a sentence.").waitFor();
  for (const page of [ann, dee]) {
    assertNoFaults(page);
    await page.context().close();
  }
});

test("what somebody unfolded stays unfolded when a colleague changes something", async () => {
  const [changed, other] = items;
  const ann = await person(manager, `/engagements/${engagement}/checklist?item=${changed.id}`);
  const dee = await person("dee@example.com", `/engagements/${engagement}/checklist?item=${other.id}`);
  await dee.getByText("Live, all saved").waitFor();
  await panel(dee).getByText("With a reason, or another status").click();
  await setStatus(ann, "To do");
  await sees(dee, changed.id, "To do");
  assert.ok(await panel(dee).locator("#status-status").isVisible(), "the form folded itself");
  for (const page of [ann, dee]) {
    assertNoFaults(page);
    await page.context().close();
  }
});

test("the row that somebody points at is not replaced under the pointer", async () => {
  const [, , changed] = items;
  const dee = await person("dee@example.com", `/engagements/${engagement}/checklist`);
  await dee.getByText("Live, all saved").waitFor();
  const ann = await person(manager, `/engagements/${engagement}/checklist?item=${changed.id}`);
  await rowOf(dee, changed.id).hover();
  await setStatus(ann, "In progress");
  await sees(ann, changed.id, "In progress");
  await rowOf(dee, changed.id).and(dee.locator(".stale")).waitFor();
  assert.match(await rowOf(dee, changed.id).innerText(), /To do/, "it was replaced at once");
  await dee.mouse.move(1, 1);
  await sees(dee, changed.id, "In progress");
  for (const page of [ann, dee]) {
    assertNoFaults(page);
    await page.context().close();
  }
});

for (const scripts of [true, false]) {
  test(`the second of two editors sees both versions ${scripts ? "" : "without scripts "}and loses no word`, async () => {
    const item = items[scripts ? 3 : 4];
    const path = `/engagements/${engagement}/items/${item.id}`;
    const pages = [];
    for (const email of [manager, "dee@example.com"]) {
      const page = await openPage(browser, server, { scripts });
      await signIn(page, email);
      await page.goto(path);
      await page.locator("summary", { hasText: "Edit" }).click();
      await page.locator("#edit-title").fill(`${email} calls it so`);
      pages.push(page);
    }
    const [ann, dee] = pages;
    await ann.getByRole("button", { name: "Save" }).click();
    await ann.getByRole("heading", { name: `${manager} calls it so` }).waitFor();
    await dee.getByRole("button", { name: "Save" }).click();

    const both = dee.locator(".note").getByRole("table");
    await both.waitFor();
    assert.match(await both.innerText(), new RegExp(`${manager} calls it so[^]*dee@example.com calls it so`));
    assert.equal(await dee.locator("#edit-title").inputValue(), "dee@example.com calls it so", "what Dee typed is gone");
    await dee.getByRole("button", { name: "Save" }).click();
    await dee.getByRole("heading", { name: "dee@example.com calls it so" }).waitFor();
    for (const page of pages) {
      assertNoFaults(page);
      await page.context().close();
    }
  });
}
