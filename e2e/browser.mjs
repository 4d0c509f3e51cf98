// Chromium, and pages that remember what went wrong in them.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { password } from "./tminus.mjs";

/** People look at Tminus for a moment at most; a journey that waits longer is broken. */
const patienceMs = 10_000;
/** What counts as a shift once all of a page is there: the limit under which people do not notice, and ours is nothing at all. */
export const mostShift = 0.001;
/** While it arrives, columns find their widths: a fifth of what counts as good. */
const mostWhileArriving = 0.02;
/** TMINUS_SLOW=4 makes every browser four times slower: what depends on who is first shows itself. */
const slower = Number(process.env.TMINUS_SLOW ?? 1);

export const desk = { width: 1440, height: 900 };
export const tablet = { width: 768, height: 1024 };
export const phone = { width: 390, height: 844 };
export const narrow = { width: 360, height: 740 };

export function openBrowser() {
  const executablePath = process.env.TMINUS_CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--force-color-profile=srgb"];
  return chromium.launch({ executablePath, args });
}

/** A person's own browser window, not signed in. `page.faults` collects what must not happen. */
export async function openPage(browser, server, { scripts = true, size = desk, scheme = "light", line } = {}) {
  const context = await browser.newContext({
    baseURL: server.url,
    javaScriptEnabled: scripts,
    viewport: size,
    colorScheme: scheme,
    reducedMotion: "reduce",
    hasTouch: size === phone,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  context.setDefaultTimeout(patienceMs * slower);
  const page = await context.newPage();
  if (slower > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: slower });
  if (line) await throttle(page, line);
  if (line?.isPlain) await page.setExtraHTTPHeaders({ "accept-encoding": "identity" });
  page.faults = [];
  const fault = (text) => page.faults.push(`${new URL(page.url()).pathname}: ${text}`);
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && !isExpected(message) && fault(message.text()));
  page.on("pageerror", (error) => fault(`${error}`));
  page.on("requestfailed", (request) => !/ERR_ABORTED/.test(request.failure()?.errorText ?? "") && fault(`${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (answer) => answer.status() >= 500 && fault(`${answer.url()} answered ${answer.status()}`));
  page.on("request", (request) => !request.url().startsWith(server.url) && !request.url().startsWith("data:") && fault(`asks another host: ${request.url()}`));
  if (scripts) await context.addInitScript(watchShifts);
  return page;
}

/** Whatever comes, comes as slowly as `line` says: milliseconds to an answer, bytes a second, and plain if it is not to be compressed. */
export async function throttle(page, { isPlain, ...line }) {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const set = (offline) => network.send("Network.emulateNetworkConditions", { ...line, offline });
  await set(false);
  return { network, breaks: () => set(true), comesBack: () => set(false) };
}

/** A refusal that a journey causes on purpose is shown by the page, and by the browser's console too. */
function isExpected(message) {
  return /status of 4(00|03|09|12|22)/.test(message.text());
}

function watchShifts() {
  globalThis.shifted = [];
  let arrived = Infinity;
  document.addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => requestAnimationFrame(() => (arrived = performance.now()))));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      const what = entry.sources.map(({ node }) => node?.id || node?.className?.baseVal || node?.className || node?.nodeName).join(", ");
      globalThis.shifted.push({ value: entry.value, what, isArriving: entry.startTime <= arrived });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** How far the page moved, if that is more than nothing; while it arrives, more than `arriving`. */
export async function shiftsOf(page, arriving = mostWhileArriving) {
  const shifted = await page.evaluate(() => globalThis.shifted ?? []);
  const over = (name, some, most) => {
    const sum = some.reduce((sum, { value }) => sum + value, 0);
    return sum <= most ? [] : [`${new URL(page.url()).pathname} moved by ${sum.toFixed(4)} ${name}: ${some.map(({ what }) => what).join("; ")}`];
  };
  return [
    ...over("while it arrived", shifted.filter(({ isArriving }) => isArriving), arriving),
    ...over("when all was there", shifted.filter(({ isArriving }) => !isArriving), mostShift),
  ];
}

export async function assertStill(page) {
  assert.deepEqual(await shiftsOf(page), []);
}

export function assertNoFaults(page) {
  assert.deepEqual(page.faults, [], "what the browser complained of");
}

export async function signIn(page, email) {
  await page.goto("/sign-in");
  await page.locator("[name=email]").fill(email);
  await page.locator("[name=password]").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
