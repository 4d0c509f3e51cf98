// Every page, as people with other hands and screens use it.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { desk, mostShift, narrow, openPage, phone, shiftsOf, signIn, tablet } from "./browser.mjs";
import { notPages } from "./pages.mjs";
import { manager } from "./sample.mjs";
import { tourOfPages } from "./tour.mjs";

/** One page of a large list has enough links of each kind. */
const mostLinks = 600;
/** Slow enough that every page arrives in many pieces and is drawn as often, whatever else the machine does. */
const inPieces = { latency: 0, downloadThroughput: 40_000, uploadThroughput: 40_000, isPlain: true };
const tour = tourOfPages();

/** What is wider than the window, beyond those parts that are made to scroll. */
function sidewaysOf(page) {
  return page.evaluate(() => {
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over <= 0) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".tabs, .bar-f, .scroll"));
    return [`${over} px wider than the window: ${wide.slice(0, 4).map((element) => element.id || element.className || element.nodeName).join(", ")}`];
  });
}

/** Everything that one presses is large enough for a thumb, or stands in a line of text. */
function smallOf(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("main button, main .btn, main select, main input:not([type=checkbox], [type=radio], [type=hidden], [type=file])")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".vh, [popover]"))
      .filter((element) => element.getBoundingClientRect().height < 24)
      .map((element) => `${element.textContent.trim() || element.name} is ${Math.round(element.getBoundingClientRect().height)} px high`),
  );
}

test("every address that shows a page is in the list of pages", async () => {
  const source = "crates/pages/src";
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith(".rs"));
  const texts = await Promise.all(files.map((file) => readFile(join(source, file), "utf8")));
  const found = texts.flatMap((text) => [...text.matchAll(/\.get\(\s*"(\/[^"]*)"/g)].map((match) => match[1]));
  assert.ok(found.length > 8, "the addresses are written in another way now");
  const known = [...tour.list.map(({ route }) => route), ...notPages];
  assert.deepEqual(found.filter((route) => !known.includes(route) && !route.startsWith("/assets")), []);
});

test("no link on any page leads nowhere", async () => {
  const found = new Map();
  await tour.expectNothing({}, async (page) => {
    for (const href of await page.locator("a[href^='/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) found.set(href.split("#")[0], page.url());
    return [];
  });
  const page = await openPage(tour.browser, tour.server);
  await signIn(page, manager);
  const wrong = [];
  for (const [href, from] of [...found].slice(0, mostLinks)) {
    const answer = await page.request.get(href, { maxRedirects: 5 });
    if (!answer.ok()) wrong.push(`${href}, a link of ${new URL(from).pathname}, answers ${answer.status()}`);
  }
  await page.context().close();
  assert.ok(found.size > 20, `only ${found.size} links were found`);
  assert.deepEqual(wrong, []);
});

for (const [name, size] of Object.entries({ phone, "narrow phone": narrow, tablet, desk })) {
  test(`no page scrolls sideways on a ${name}`, () => tour.expectNothing({ size }, sidewaysOf));
}

for (const size of [phone, narrow]) {
  test(`what a page becomes by its forms does not scroll sideways at ${size.width} px either`, async () => {
    const page = await openPage(tour.browser, tour.server, { size });
    await signIn(page, manager);
    const wrong = [];
    const look = async (name) => wrong.push(...(await sidewaysOf(page)).map((fault) => `${name}: ${fault}`));
    await page.goto("/settings");
    await page.getByLabel("What it is for").fill(`Nightly-export-to-the-warehouse-at-${size.width}-px`);
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.locator("#secret").waitFor();
    await look("a key just made");
    const { path: inside } = tour.list.find(({ name }) => name === "record");
    await page.goto(inside);
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText("Whole and unchanged.").waitFor();
    await look("a record that was verified");
    await page.goto(`${inside.replace(/record$/, "people")}?edit=new`);
    await look("a member to add");
    await page.goto("/people");
    await page.locator("summary").first().click();
    await look("a person to add");
    for (const { name, path } of tour.list.filter(({ name }) => ["record", "item", "countdown", "checklist-item"].includes(name))) {
      await page.goto(path);
      await page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
      await look(`${name}, opened out`);
    }
    await page.goto(tour.list.find(({ name }) => name === "checklist").path + "?choose=all");
    await look("rows being selected");
    await page.context().close();
    assert.deepEqual(wrong, []);
  });
}

test("every tab of an engagement is seen whole on a narrow phone, without scrolling", () =>
  tour.expectNothing({ size: narrow }, (page) =>
    page.locator(".tabs a").evaluateAll((tabs) => tabs.filter((tab) => tab.getBoundingClientRect().right > innerWidth).map((tab) => `${tab.textContent.trim()} is cut`)),
  ));

test("what one presses on a phone is large enough", () => tour.expectNothing({ size: phone }, smallOf));

/** Pages come at once, however busy the machine is. */
async function comeWhole(page) {
  await page.route((url) => !url.pathname.startsWith("/assets"), async (route) => {
    if (route.request().resourceType() !== "document") return route.fallback();
    await route.fulfill({ response: await route.fetch() });
  });
}

test("no page moves while it loads", () =>
  tour.expectNothing({ prepare: comeWhole }, async (page) => {
    await page.waitForLoadState("load");
    await page.waitForTimeout(150);
    return shiftsOf(page, mostShift);
  }));

for (const size of [desk, phone]) {
  test(`no page moves at ${size.width} px while it arrives in pieces`, () =>
    tour.expectNothing({ size, line: inPieces }, async (page) => {
      await page.waitForLoadState("load");
      await page.waitForTimeout(150);
      return shiftsOf(page);
    }));
}

test("every page is there without scripts", () =>
  tour.expectNothing({ scripts: false }, async (page) => ((await page.getByRole("main").innerText()).trim().length > 20 ? [] : ["is empty"])));
