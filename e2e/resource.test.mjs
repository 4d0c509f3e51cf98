// What no kit names: added to the grid, counted by a customer on a phone, held against who is really in it, and taken away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { weekdaysAhead } from "./steps.mjs";
import { startTminus } from "./tminus.mjs";

let server, browser, engagement, at;

before(async () => {
  server = await startTminus();
  browser = await openBrowser();
  ({ engagement } = await sampleOf(server));
  at = `/engagements/${engagement}/access`;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Pictures of it for whoever looks, where a folder is named. */
async function picture(page, name) {
  if (process.env.TMINUS_SHOTS) await page.screenshot({ path: `${process.env.TMINUS_SHOTS}/${name}.png`, fullPage: true });
}

const is = (page, width) => page.locator("html").evaluate((html) => html.scrollWidth).then((wide) => assert.ok(wide <= width, `the page is ${wide} px wide`));

test("a manager adds a resource, and a customer on a phone without scripts counts its licences", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(at);
  await page.getByRole("link", { name: "Add a resource" }).click();
  await page.getByRole("button", { name: "Add a resource" }).click();
  await page.getByText("Say what it is, in 1 to 120 characters").waitFor();
  await page.getByLabel("What people need access to").fill("Data lake");
  await page.getByLabel("Which one").fill("Columbus");
  await page.getByLabel("Kind").selectOption({ label: "Cloud account" });
  await page.getByLabel("Given by").selectOption({ label: "Customer project manager (customer)" });
  await page.locator("summary", { hasText: "What has to work first" }).click();
  await page.getByRole("checkbox", { name: "Network account" }).check();
  await page.getByRole("button", { name: "Add a resource" }).click();
  await page.getByText("Data lake is in the grid").waitFor();
  await page.locator("thead").getByRole("link", { name: "Data lake" }).click();
  await page.getByText("2 business days before kick-off").waitFor();
  await picture(page, "resource-own");
  const address = new URL(page.url()).pathname;
  assertNoFaults(page);

  const bob = await openPage(browser, server, { scripts: false, size: phone });
  await signIn(bob, "bob@example.com");
  await bob.goto(address);
  await bob.getByLabel("How many people can have it at once").fill("2");
  await bob.getByRole("button", { name: "Save" }).click();
  await bob.getByText("0 of 2 licences are taken, 4 people need one").waitFor();
  await is(bob, phone.width);
  await bob.goto(`${address}/members`);
  await bob.getByLabel("Members").fill("Eli Brandt\nFinn Mercer\nwho@elsewhere.example");
  await bob.getByRole("button", { name: "Compare" }).click();
  await bob.getByText("nobody of this engagement").waitFor();
  await is(bob, phone.width);
  await picture(bob, "members-phone");
  await bob.getByRole("button", { name: "Take over what is new" }).click();
  await bob.getByText("2 of 2 licences are taken, 4 people need one").waitFor();
  assertNoFaults(bob);
  await bob.context().close();

  await page.goto(`${address}/members`);
  await page.getByLabel("Members").fill("Eli Brandt\nDee Okafor\nHugo Stein\nwho@elsewhere.example");
  await page.getByRole("button", { name: "Compare" }).click();
  for (const list of ["In it, and should not be", "Missing", "In it, and the grid does not say so yet"]) await page.getByRole("heading", { name: list }).waitFor();
  await page.getByRole("button", { name: "Take over what is new" }).click();
  await page.getByText("Dee Okafor: No licence is left").waitFor();
  await picture(page, "members-held");
  await page.goto(at);
  await page.getByText("Data lake: 4 people need a licence, and there are 2.").waitFor();
  await picture(page, "grid-licences");

  await page.goto(address);
  await page.getByText("Take it away").click();
  await page.getByRole("button", { name: "Take “Data lake” away" }).click();
  await page.getByText("It is taken away").waitFor();
  await page.getByRole("link", { name: "To revoke" }).click();
  await page.locator("main tr", { hasText: "Data lake" }).first().waitFor();
  assertNoFaults(page);
  await page.context().close();
});

test("a customer on a phone without scripts books an appointment, and whose it is finds it among what is theirs", async () => {
  const bob = await openPage(browser, server, { scripts: false, size: phone });
  await signIn(bob, "bob@example.com");
  await bob.goto(at);
  await bob.locator("tr", { hasText: "Dee Okafor" }).locator("a[href*=customer-device]").click();
  await bob.getByLabel("Appointment on").fill("2020-01-06");
  await bob.getByLabel("Where, with whom").fill("Building 7, ask for Hugo");
  await bob.getByRole("button", { name: "Save" }).click();
  await bob.getByText("The appointment is before today").waitFor();
  assert.equal(await bob.getByLabel("Where, with whom").inputValue(), "Building 7, ask for Hugo");
  await bob.getByLabel("At", { exact: true }).fill("10:00");
  // A day of those may be a holiday of the customer.
  for (const days of [3, 4, 5, 6]) {
    await bob.getByLabel("Appointment on").fill(weekdaysAhead(days));
    await picture(bob, "appointment-phone");
    await bob.getByRole("button", { name: "Save" }).click();
    if (!(await bob.getByText("does not work on").isVisible())) break;
  }
  await bob.locator("dd", { hasText: "10:00" }).waitFor();
  await is(bob, phone.width);
  assertNoFaults(bob);
  await bob.context().close();

  const dee = await openPage(browser, server);
  await signIn(dee, "dee@example.com");
  await dee.goto("/");
  await dee.getByText("Device, 10:00, Building 7, ask for Hugo").first().waitFor();
  await picture(dee, "appointment-mine");
  assertNoFaults(dee);
  await dee.context().close();
});

test("a manager books a room, and what does not fit is pointed out", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(`${at}/resources/meeting-space`);
  await page.getByLabel("Seats").fill("1");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Choose the days of the week on which it is booked").waitFor();
  assert.equal(await page.getByLabel("Seats").inputValue(), "1");
  await page.getByLabel("Sat", { exact: true }).check();
  await page.getByLabel("Reference").fill("R-4711");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Sat, 1 seat, R-4711").waitFor();
  await page.getByText("Both sides meet on").waitFor();
  await picture(page, "booking");
  await page.goto(at);
  await page.getByText("Meeting room: Both sides meet on").waitFor();
  assertNoFaults(page);
  await page.context().close();
});
