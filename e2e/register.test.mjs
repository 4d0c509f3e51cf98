// The register: parts, seats, whom one turns to, and who is responsible. With a pointer, by keyboard, without scripts, on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, assertStill, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

let server, browser, engagement, at;

before(async () => {
  server = await startTminus();
  browser = await openBrowser();
  ({ engagement } = await sampleOf(server));
  at = `/engagements/${engagement}/people`;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const seats = (...more) => server.command("register", "seats", "--engagement", engagement, ...more);
const seat = async (id) => (await seats()).find((seat) => seat.id === id);

/** Opens a page of Ann's. */
async function anns(options) {
  const page = await openPage(browser, server, options);
  await signIn(page, manager);
  return page;
}

test("without scripts somebody becomes the alternate of a workstream, on their days, and two leads are named", async () => {
  const page = await anns({ scripts: false });
  await page.goto(at);
  await page.getByRole("link", { name: "Change Cleo" }).click();
  await page.getByLabel("Landing zone", { exact: true }).selectOption({ label: "Alternate" });
  await page.getByLabel("Security", { exact: true }).selectOption({ label: "Lead" });
  await page.getByLabel("Site", { exact: true }).fill("Columbus, building 2");
  await page.getByLabel("Calendar", { exact: true }).selectOption({ index: 1 });
  for (const day of ["Tue", "Wed", "Thu"]) await page.getByLabel(day, { exact: true }).check();
  await page.getByRole("button", { name: "Save" }).click();
  const row = page.locator("tbody tr", { hasText: "Cleo" });
  await row.getByText("Columbus, building 2").waitFor();
  await row.getByText("Tue to Thu").waitFor();
  assert.deepEqual(await row.locator(".rl").allTextContents(), ["A", "L"]);
  await page.getByRole("link", { name: "Change Hugo" }).click();
  await page.getByLabel("Security", { exact: true }).selectOption({ label: "Lead" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Two people think that they lead Security (customer): Cleo").waitFor();
  assertNoFaults(page);
});

test("a manager finds the open seats, fills one, and is told who gives too few days", async () => {
  const page = await anns();
  await page.goto(at);
  const open = (await seats("--open")).length;
  await page.getByText(`${open} seats are open.`).click();
  await page.getByRole("link", { name: "Who sits where" }).click();
  await page.getByRole("heading", { name: "When something is stuck" }).waitFor();
  await assertStill(page);
  await page.getByRole("link", { name: "Change Alternate lead, Security" }).first().click();
  await page.getByLabel("Who", { exact: true }).selectOption({ label: "Hugo Stein" });
  await page.getByRole("button", { name: "Fill the seat" }).click();
  await page.getByText("The seat is filled").waitFor();
  assert.equal((await seat("security.alternate-lead.customer")).people.length, 1);
  assert.equal((await seats("--open")).length, open - 1);
  await page.goto(`${at}/seats?seat=security.workstream-lead.customer`);
  await page.getByLabel("Days a week that it asks").fill("5");
  await page.getByRole("button", { name: "Ask for these days" }).click();
  await page.getByText(/ has [1-4] days a week here; Workstream lead \(Security\) asks for 5/).waitFor();
  assertNoFaults(page);
});

test("by keyboard alone a row of the matrix is changed, and left out again on a phone without scripts", async () => {
  const page = await anns();
  await page.goto(`${at}/responsibility`);
  const link = page.getByRole("link", { name: "Change “Report budget and burn”" });
  await link.focus();
  await page.keyboard.press("Enter");
  const sponsor = page.getByLabel("Executive sponsor", { exact: true });
  await sponsor.focus();
  await page.keyboard.press("A");
  await page.getByLabel("What", { exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("The matrix is saved").waitFor();
  await page.getByText("wrong with the matrix").click();
  await page.getByRole("link", { name: "Report budget and burn" }).first().waitFor();
  await page.getByText("2 answer for it (A): it has to be one").waitFor();
  const { rows } = await server.command("register", "matrix", "--engagement", engagement);
  assert.equal(rows.find((row) => row.text === "Report budget and burn").marks["executive-sponsor"], "A");

  const small = await anns({ scripts: false, size: phone });
  await small.goto(`${at}/responsibility?edit=${rows.find((row) => row.text === "Report budget and burn").id}`);
  await small.getByLabel("This engagement does without it").check();
  await small.getByRole("button", { name: "Save" }).click();
  await small.getByText("1 left out").waitFor();
  assert.equal(await small.getByText("2 answer for it (A)").count(), 0);
  assertNoFaults(page);
});
