// Every page, looked at by axe as the eyes and tools of many people would.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { phone } from "./browser.mjs";
import { tourOfPages } from "./tour.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The rules that another size of the screen can break: the rest of the page is the same. */
const ofSize = ["color-contrast", "target-size", "scrollable-region-focusable", "aria-hidden-focus", "label", "link-name", "button-name", "heading-order", "region"];
const tour = tourOfPages();

async function violations(page, rules) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => axe.run(document, rules ? { runOnly: { type: "rule", values: rules } } : {}), rules);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 4).join("; ")}`);
}

for (const scheme of ["light", "dark"]) {
  test(`axe finds nothing on any page in the ${scheme} scheme`, () => tour.expectNothing({ scheme }, violations));
}

test("axe finds nothing on any page on a phone", () => tour.expectNothing({ size: phone }, (page) => violations(page, ofSize)));
