// What a visit costs over the network, as it is sent: compressed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openPage, signIn } from "./browser.mjs";
import { pages } from "./pages.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

const firstVisit = { bytes: 120_000, requests: 12 };
const laterPage = { bytes: 25_000 };
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

/** Counts what `visit` sends for. */
async function costOf(page, visit) {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const cost = { bytes: 0, requests: 0 };
  const cached = new Set();
  network.on("Network.requestServedFromCache", ({ requestId }) => cached.add(requestId));
  network.on("Network.responseReceived", ({ requestId, response }) => {
    if (!cached.has(requestId) && !response.fromDiskCache && response.url.startsWith("http")) cost.requests += 1;
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => !cached.has(requestId) && (cost.bytes += encodedDataLength));
  await visit(network);
  await page.waitForLoadState("load");
  await page.waitForTimeout(300);
  await network.detach();
  return cost;
}

test("a first visit costs at most 120 kB in 12 requests, on any page", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  for (const { name, path } of list) {
    const cost = await costOf(page, async (network) => {
      await network.send("Network.clearBrowserCache");
      await page.goto(path);
    });
    assert.ok(cost.requests > 3, `${name}: only ${cost.requests} requests: was the cache really empty?`);
    assert.ok(cost.bytes <= firstVisit.bytes && cost.requests <= firstVisit.requests, `${name}: ${cost.bytes} bytes in ${cost.requests} requests`);
  }
  await page.context().close();
});

test("a later page costs at most 25 kB", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  for (const { name, path } of list) {
    const cost = await costOf(page, () => page.goto(path));
    assert.ok(cost.bytes > 0, `${name}: nothing was sent`);
    assert.ok(cost.bytes <= laterPage.bytes, `${name}: ${cost.bytes} bytes`);
  }
  await page.context().close();
});
