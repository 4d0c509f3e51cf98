// The checklist as a table: filled in by a customer on a phone without scripts, and by somebody for them, with what others moved meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

let server, browser, engagement, at;

before(async () => {
  server = await startTminus();
  browser = await openBrowser();
  ({ engagement } = await sampleOf(server));
  at = `/engagements/${engagement}/checklist/table`;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const item = (id) => server.command("item", "show", id);

/** The rows of the table that a page's person takes along, as text with the header first. */
async function taken(page, query = "") {
  const answer = await page.request.get(new URL(`/engagements/${engagement}/checklist.csv${query}`, page.url()).href);
  assert.equal(answer.status(), 200);
  return (await answer.text()).trimEnd().split("\r\n");
}

/** Rows to do that ask for nothing besides, with the ids of their items. */
async function plain(rows) {
  const found = [];
  for (const row of rows.slice(1)) {
    const id = row.split(".")[0];
    if (row.includes(",to do,")) found.push([id, row]);
  }
  return found;
}

const file = (rows) => ({ name: "checklist.csv", mimeType: "text/csv", buffer: Buffer.from(`${rows.join("\r\n")}\r\n`) });

test("a customer hands a table in on a phone, without scripts, and what was refused stays and says why", async () => {
  const page = await openPage(browser, server, { scripts: false, size: phone });
  await signIn(page, "bob@example.com");
  await page.goto(at);
  assert.equal(await page.getByLabel("Who filled it in").count(), 0, "a customer speaks for themselves");
  const rows = await taken(page, "?mine=1");
  const [[id, row], [other, wrong]] = await plain(rows);
  await page.getByLabel("Or a file").setInputFiles(file([rows[0], row.replace(",to do,", ",in progress,"), wrong.replace(",to do,", ",finished,")]));
  await page.getByRole("button", { name: "Look at what it does" }).click();
  await page.getByText("status: to do → in progress").waitFor();
  await page.getByText("“finished” is no status").waitFor();
  assert.equal((await item(id)).status, "to_do", "looking changed something");
  const wide = await page.locator("html").evaluate((html) => html.scrollWidth);
  assert.ok(wide <= phone.width, `the page is ${wide} px wide`);
  await page.getByRole("button", { name: "Take one row over" }).click();
  await page.getByText("One item taken over").waitFor();
  assert.deepEqual([(await item(id)).status, (await item(other)).status], ["in_progress", "to_do"]);
  assertNoFaults(page);
  await page.context().close();
});

test("a manager takes over what somebody filled in, and what moved meanwhile is reported", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(at);
  await page.getByRole("link", { name: "For the customer: nothing internal" }).waitFor();
  const rows = await taken(page, "?shared=1");
  const [first, second] = await plain(rows);
  await server.command("item", "set", first[0], "--status", "blocked", "--reason", "no licence");
  const filled = [first, second].map(([, row]) => row.replace(",to do,", ",waiting delivery,"));
  await page.getByLabel("Table", { exact: true }).fill([rows[0], ...filled].join("\n"));
  await page.getByLabel("Who filled it in").selectOption({ label: "Bob Harper" });
  await page.getByRole("button", { name: "Look at what it does" }).click();
  await page.getByText("was moved to “blocked” since").waitFor();
  await page.getByRole("button", { name: "Take one row over" }).click();
  await page.getByText("One item taken over").waitFor();
  assert.deepEqual([(await item(first[0])).status, (await item(second[0])).status], ["blocked", "waiting_delivery"]);
  await page.goto(`/engagements/${engagement}/record`);
  await page.locator("main tr, main li", { hasText: "took over a table of the checklist" }).first().waitFor();
  assertNoFaults(page);
  await page.context().close();
});
