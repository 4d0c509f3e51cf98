// Goes through every page there is.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { assertNoFaults, openBrowser, openPage, signIn } from "./browser.mjs";
import { pages } from "./pages.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

/** A tour over the sample for one file of tests; `list` is there once the tests begin. */
export function tourOfPages() {
  const tour = { list: [], server: undefined, browser: undefined };

  before(async () => {
    tour.server = await startTminus();
    tour.browser = await openBrowser();
    tour.list = pages(await sampleOf(tour.server));
  });

  after(async () => {
    await tour.browser?.close();
    await tour.server?.stop();
  });

  /** Goes through every page, signed in where it has to be, and expects `look` to find nothing. */
  tour.expectNothing = async (options, look) => {
    const page = await openPage(tour.browser, tour.server, options);
    const stranger = await openPage(tour.browser, tour.server, options);
    await signIn(page, manager);
    for (const one of [page, stranger]) await options.prepare?.(one);
    const wrong = [];
    for (const { name, path, anyone } of tour.list) {
      const there = anyone ? stranger : page;
      const answer = await there.goto(path);
      assert.equal(answer.status(), 200, `${path} answered ${answer.status()}`);
      wrong.push(...(await look(there)).map((fault) => `${name}: ${fault}`));
      assertNoFaults(there);
    }
    await page.context().close();
    await stranger.context().close();
    assert.deepEqual(wrong, []);
  };

  return tour;
}
