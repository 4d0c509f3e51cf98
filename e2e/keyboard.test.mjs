// The main job without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager, smallEngagement } from "./sample.mjs";
import { panel, sees } from "./steps.mjs";
import { password, startTminus } from "./tminus.mjs";

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

/** What has the focus, in words. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    return (element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "").trim();
  });
}

/** Tab until that has the focus; people give up sooner than `most`. */
async function tabTo(page, words, most = 60) {
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press("Tab");
    if (words.test(await focused(page))) return;
  }
  assert.fail(`${words} is not reached by ${most} times Tab; last was “${await focused(page)}”`);
}

test("Tab and Enter alone sign in, open an item and comment on it", async () => {
  const page = await openPage(browser, server);
  await page.goto(`/engagements/${engagement}/checklist?item=${items[0].id}`);
  assert.match(await focused(page), /^E-mail/, "the first field has the focus already");
  await page.keyboard.type(manager);
  await tabTo(page, /^Password/);
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await panel(page).waitFor();

  await page.locator("body").press("Tab");
  assert.match(await focused(page), /Skip to content/, "the first thing is the way past the rail");
  await page.keyboard.press("Enter");
  await tabTo(page, /^Comment$/, 400);
  await page.keyboard.type("By keyboard.");
  await tabTo(page, /^Comment$/);
  await page.keyboard.press("Enter");
  await panel(page).getByText("By keyboard.").waitFor();
  assertNoFaults(page);
  await page.context().close();
});

test("single keys go through the rows, set a status, undo it and go to other pages", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(`/engagements/${engagement}/checklist`);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const item = await page.evaluate(() => document.activeElement.closest("[data-row]").id.slice(2));
  const before = await page.locator(`#i-${item} .st`).first().innerText();
  await page.keyboard.press("Enter");
  await panel(page).getByRole("heading", { level: 2 }).waitFor();

  await page.keyboard.press("s");
  const first = page.locator("#status-menu button").first();
  await first.waitFor();
  const chosen = (await first.locator(".st").innerText()).trim();
  await page.keyboard.press("1");
  await sees(page, item, chosen);

  await page.keyboard.press("z");
  await sees(page, item, before.trim());

  await page.keyboard.press("Escape");
  await page.locator("[data-panel]").waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL(/\/record$/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("countdown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/countdown$/);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  assertNoFaults(page);
  await page.context().close();
});

test("whatever has the focus shows it", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(`/engagements/${engagement}/checklist`);
  const unseen = [];
  for (let pressed = 0; pressed < 40; pressed++) {
    await page.keyboard.press("Tab");
    const shows = await page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return element === document.body || (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    });
    if (!shows) unseen.push(await focused(page));
  }
  assert.deepEqual(unseen, []);
  await page.context().close();
});

test("nothing can be reached that cannot be left again", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(`/engagements/${engagement}/countdown`);
  const trail = [];
  for (let pressed = 0; pressed < 200; pressed++) {
    await page.keyboard.press("Tab");
    trail.push(await page.evaluate(() => [...document.querySelectorAll("*")].indexOf(document.activeElement)));
    if (trail.length > 3 && trail.at(-1) === trail[0]) return page.context().close();
  }
  assert.fail("Tab never comes back to where it began");
});

test("the palette finds an item by its words and by its number, and Enter opens it", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  const open = async (path, text, found) => {
    await page.goto(path);
    await page.keyboard.press("Control+k");
    await page.keyboard.type(text);
    const line = page.locator("#found a", { hasText: found });
    await line.first().waitFor();
    assert.equal(await line.first().getAttribute("aria-selected"), "true", `${found} is not marked`);
    await page.keyboard.press("Enter");
  };
  await open(`/engagements/${engagement}/countdown`, "RÔOM 3", "Room 3");
  await panel(page).getByRole("heading", { level: 2, name: "Room 3" }).waitFor();
  await open(`/engagements/${engagement}/countdown`, "1.5", "Room 5");
  await panel(page).getByRole("heading", { level: 2, name: "Room 5" }).waitFor();
  await open("/kits", "dee@", "Dee");
  await page.waitForURL(/\/people\//);
  assertNoFaults(page);
  await page.context().close();
});

test("without scripts the search is a form, from any page", async () => {
  const page = await openPage(browser, server, { scripts: false, size: phone });
  await signIn(page, manager);
  await page.goto(`/engagements/${engagement}/checklist`);
  await page.getByRole("button", { name: "Find or do" }).click();
  await page.locator("#cmd input[name=q]").fill("room 7");
  await page.locator("#cmd input[name=q]").press("Enter");
  await page.getByRole("main").getByRole("link", { name: /Room 7/ }).first().click();
  await panel(page).getByRole("heading", { level: 2, name: "Room 7" }).waitFor();
  assertNoFaults(page);
  await page.context().close();
});

test("Escape gives the focus back to what opened the panel, the palette or a menu", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(`/engagements/${engagement}/checklist`);
  const row = page.locator(`#i-${items[2].id} a`).first();
  const has = (element) => element.evaluate((element) => element === document.activeElement);
  const closed = (selector) => page.locator(selector).waitFor({ state: "hidden" });

  await row.click();
  await panel(page).getByRole("heading", { level: 2, name: items[2].title }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("[data-panel]").waitFor({ state: "detached" });
  assert.ok(await has(row), "the panel took the focus with it");
  assert.doesNotMatch(page.url(), /item=/);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("ro");
  await page.keyboard.press("Escape");
  if (await page.locator("#cmd").isVisible()) await page.keyboard.press("Escape");
  await closed("#cmd");
  assert.ok(await has(row), "the palette took the focus with it");

  for (const menu of ["me", "cmd"]) {
    const button = page.locator(`[popovertarget=${menu}]`).first();
    await button.click();
    await page.locator(`#${menu}`).waitFor();
    await page.keyboard.press("Escape");
    await closed(`#${menu}`);
    assert.ok(await has(button), `${menu} took the focus with it`);
  }

  await row.click();
  await panel(page).getByRole("heading", { level: 2, name: items[2].title }).waitFor();
  const status = panel(page).locator("[popovertarget=status-menu]");
  await status.click();
  await page.keyboard.press("Escape");
  await closed("#status-menu");
  assert.ok(await has(status), "the menu of states took the focus with it");
  await page.goto(`/engagements/${engagement}/checklist?item=${items[4].id}`);
  await panel(page).locator("[data-close][data-htmx-powered]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("[data-panel]").waitFor({ state: "detached" });
  assert.ok(await has(page.locator(`#i-${items[4].id} a`).first()), "a panel opened by its address took the focus with it");
  assertNoFaults(page);
  await page.context().close();
});
