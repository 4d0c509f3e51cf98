// Every page, looked at as people with other eyes, hands and screens do.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertNoFaults, assertStill, desk, openBrowser, openPage, phone, signIn, tablet } from "./browser.mjs";
import { notPages, pages } from "./pages.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** One page of a large list has enough links of each kind. */
const mostLinks = 600;
let server, browser, list;

before(async () => {
  server = await startTminus();
  browser = await openBrowser();
  list = pages(await sampleOf(server));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Goes through every page: signed in where it has to be. */
async function onEveryPage(options, look) {
  const page = await openPage(browser, server, options);
  const stranger = await openPage(browser, server, options);
  await signIn(page, manager);
  const wrong = [];
  for (const { name, path, anyone } of list) {
    const there = anyone ? stranger : page;
    const answer = await there.goto(path);
    assert.equal(answer.status(), 200, `${path} answered ${answer.status()}`);
    wrong.push(...(await look(there)).map((fault) => `${name}: ${fault}`));
    assertNoFaults(there);
  }
  await page.context().close();
  await stranger.context().close();
  assert.deepEqual(wrong, []);
}

async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document));
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 4).join("; ")}`);
}

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
  const known = [...list.map(({ route }) => route), ...notPages];
  assert.deepEqual(found.filter((route) => !known.includes(route) && !route.startsWith("/assets")), []);
});

test("no link on any page leads nowhere", async () => {
  const found = new Map();
  await onEveryPage({}, async (page) => {
    for (const href of await page.locator("a[href^='/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) found.set(href.split("#")[0], page.url());
    return [];
  });
  const page = await openPage(browser, server);
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

for (const scheme of ["light", "dark"]) {
  test(`axe finds nothing on any page in the ${scheme} scheme`, () => onEveryPage({ scheme }, violations));
}

test("axe finds nothing on any page on a phone", () => onEveryPage({ size: phone }, violations));

for (const [name, size] of Object.entries({ phone, tablet, desk })) {
  test(`no page scrolls sideways on a ${name}`, () => onEveryPage({ size }, sidewaysOf));
}

test("what one presses on a phone is large enough", () => onEveryPage({ size: phone }, smallOf));

test("no page moves while it loads", () =>
  onEveryPage({}, async (page) => {
    await page.waitForLoadState("load");
    await page.waitForTimeout(150);
    await assertStill(page);
    return [];
  }));

test("every page is there without scripts", () =>
  onEveryPage({ scripts: false }, async (page) => ((await page.getByRole("main").innerText()).trim().length > 20 ? [] : ["is empty"])));
