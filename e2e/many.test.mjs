// Many items at once, at a desk, on a phone and without scripts; and what was done one after the other taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager, smallEngagement } from "./sample.mjs";
import { panel, rowOf, sees, setStatus } from "./steps.mjs";
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

/** The checklist of an engagement of its own, and its items. */
async function checklist(options = {}, query = "") {
  const { engagement, items } = await smallEngagement(server);
  const page = await openPage(browser, server, options);
  await signIn(page, manager);
  await page.goto(`/engagements/${engagement}/checklist${query}`);
  return { page, items, engagement };
}

const tick = (page, item) => rowOf(page, item.id).locator("[name=item]");
const ticked = (page) => page.locator("[data-row] [name=item]:checked").count();

function isSeen(page, element) {
  return element.evaluate((element) => {
    const { top, bottom, width } = element.getBoundingClientRect();
    return width > 0 && top >= 0 && bottom <= innerHeight;
  });
}

test("the ticks of the head and of an activity choose all that are shown under them, and say how many", async () => {
  const { page, items } = await checklist();
  const said = page.locator("[data-chosen-count]");
  await tick(page, items[0]).check();
  assert.equal(await said.innerText(), "1");
  assert.ok(await page.locator("[data-choose-all]").evaluate((box) => box.indeterminate), "some are ticked, and the head does not say so");
  await page.locator("[data-choose-all]").check();
  assert.deepEqual([await ticked(page), await said.innerText()], [8, "8"]);
  await page.locator("[data-choose-group]").first().uncheck();
  assert.deepEqual([await ticked(page), await said.innerText()], [0, "0"]);
  await page.getByRole("link", { name: "Select all 8 shown" }).click();
  assert.deepEqual([await ticked(page), new URL(page.url()).search], [8, ""]);
  await page.locator("#bulk-status").selectOption({ label: "In progress" });
  await page.locator("#bulk").getByRole("button", { name: "Set status" }).click();
  await sees(page, items[7].id, "In progress");
  assert.deepEqual([await ticked(page), await said.innerText()], [0, "0"], "what was changed is still chosen");
  assertNoFaults(page);
  await page.context().close();
});

for (const scripts of [true, false]) {
  test(`a refused change of many says why at the bar, with the ticks kept ${scripts ? "" : "without scripts"}`, async () => {
    const { page, items } = await checklist({ scripts });
    for (const item of items.slice(0, 2)) await tick(page, item).check();
    await page.locator("#bulk-status").selectOption({ label: "Blocked" });
    await page.locator("#bulk").getByRole("button", { name: "Set status" }).click();
    const why = page.locator("#bulk [role=alert]");
    await why.waitFor();
    assert.ok(await isSeen(page, why), "the reason is not on the screen");
    for (const item of items.slice(0, 2)) assert.match(await why.innerText(), new RegExp(`${item.title}: Say why`));
    assert.equal((await why.innerText()).match(/no item was changed/gi).length, 1);
    assert.equal(await ticked(page), 2);
    await page.locator("#bulk-reason").fill("The door is shut");
    await page.locator("#bulk").getByRole("button", { name: "Set status" }).click();
    await sees(page, items[1].id, "Blocked");
    await sees(page, items[0].id, "Blocked");
    assert.deepEqual([await ticked(page), await why.count()], [0, 0]);
    assertNoFaults(page);
    await page.context().close();
  });

  test(`on a phone items are selected and changed together ${scripts ? "" : "without scripts"}`, async () => {
    const { page, items } = await checklist({ scripts, size: phone });
    assert.equal(await page.locator("#bulk").isVisible(), false, "the bar takes room where nothing is selected");
    await page.getByRole("link", { name: "Select", exact: true }).click();
    await tick(page, items[0]).check();
    await tick(page, items[1]).check();
    const bar = page.locator("#bulk");
    await bar.locator("select").selectOption({ label: "In progress" });
    assert.ok(await isSeen(page, bar), "the bar is not on the screen");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= phone.width, `the page is ${width} px wide`);
    await bar.getByRole("button", { name: "Set status" }).click();
    await sees(page, items[1].id, "In progress");
    await sees(page, items[0].id, "In progress");
    await page.getByRole("link", { name: "Select", exact: true }).click();
    await page.getByRole("link", { name: "Select all 8 shown" }).click();
    assert.equal(await ticked(page), 8);
    await page.getByRole("link", { name: "Cancel", exact: true }).click();
    await bar.waitFor({ state: "hidden" });
    assertNoFaults(page);
    await page.context().close();
  });
}

test("two changes are undone one after the other, by Z and by their own buttons", async () => {
  const { page, items } = await checklist();
  const open = async (item) => {
    await rowOf(page, item.id).locator("a").first().click();
    await panel(page).getByRole("heading", { level: 2, name: item.title }).waitFor();
  };
  const change = async (item) => {
    await open(item);
    await setStatus(page, "In progress");
    await sees(page, item.id, "In progress");
  };
  const toasts = page.locator("[data-toast]:has([data-undo])");
  await change(items[0]);
  await change(items[1]);
  assert.equal(await toasts.count(), 2);
  await page.locator("body").press("z");
  await sees(page, items[1].id, "To do");
  await sees(page, items[0].id, "In progress");
  assert.equal(await toasts.count(), 1, "the other change cannot be undone any more");
  await page.locator("body").press("z");
  await sees(page, items[0].id, "To do");

  await change(items[2]);
  await change(items[3]);
  await toasts.first().getByRole("button", { name: /Undo/ }).click();
  await sees(page, items[2].id, "To do");
  await sees(page, items[3].id, "In progress");
  await toasts.first().getByRole("button", { name: /Undo/ }).click();
  await sees(page, items[3].id, "To do");
  assertNoFaults(page);
  await page.context().close();
});

test("without scripts, an earlier change is undone from the item's history", async () => {
  const { page, items, engagement } = await checklist({ scripts: false });
  for (const item of items.slice(0, 2)) await tick(page, item).check();
  await page.locator("#bulk-status").selectOption({ label: "In progress" });
  await page.locator("#bulk").getByRole("button", { name: "Set status" }).click();
  await tick(page, items[2]).check();
  await page.locator("#bulk-status").selectOption({ label: "In progress" });
  await page.locator("#bulk").getByRole("button", { name: "Set status" }).click();
  await page.goto(`/engagements/${engagement}/items/${items[0].id}`);
  await page.getByRole("button", { name: "Undo, 2 items" }).click();
  await page.goto(`/engagements/${engagement}/checklist`);
  for (const [item, status] of [[items[0], "To do"], [items[1], "To do"], [items[2], "In progress"]]) await sees(page, item.id, status);
  assertNoFaults(page);
  await page.context().close();
});
