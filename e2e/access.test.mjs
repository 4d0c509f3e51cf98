// Access: the grid, a cell, many at once, what is forbidden, and whoever leaves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, assertStill, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { goToTab, panel } from "./steps.mjs";
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

async function grants() {
  return (await server.command("access", "list", "--engagement", engagement)).grants;
}

/** Somebody's access to something, as the command line tells it. */
async function grantOf(name, resource) {
  const found = (await grants()).find((grant) => grant.name.startsWith(name) && grant.resource === resource);
  assert.ok(found, `${name} has nothing to do with ${resource}`);
  return found;
}

function cell(page, { person, resource }) {
  return page.locator(`a.cell[href*="person=${person}&resource=${resource}"]`);
}

test("a manager asks for many at once, grants one, and whoever it is for says that it works: everybody sees it live", async () => {
  const [ann, dee] = [await openPage(browser, server), await openPage(browser, server)];
  await signIn(ann, manager);
  await signIn(dee, "dee@example.com");
  await ann.goto(`/engagements/${engagement}/countdown`);
  await goToTab(ann, "People");
  await ann.getByRole("navigation", { name: "People and access" }).getByRole("link", { name: "Access" }).click();
  await ann.waitForURL((url) => url.pathname === at);
  await assertStill(ann);
  const wanted = (await grants()).filter(({ resource, step }) => resource === "mailing-list" && step === "needed");
  await ann.getByLabel("Choose Mailing list").check();
  await ann.locator("#bulk-ticket").fill("SEC-2291");
  await ann.locator("#bulk").getByRole("button", { name: "Move" }).click();
  await ann.getByText(`${wanted.length} moved to “Requested”`).waitFor();
  const dees = await grantOf("Dee", "mailing-list");
  assert.deepEqual([dees.step, dees.ticket], ["requested", "SEC-2291"]);

  await dee.goto(`${at}?person=${dees.person}&resource=mailing-list`);
  await panel(dee).getByText("SEC-2291").waitFor();
  await cell(ann, dees).click();
  await panel(ann).getByRole("button", { name: "Granted" }).click();
  await ann.getByText("Dee Okafor, Mailing list: Granted").waitFor();
  // Dee looked at it all the while.
  await dee.locator("a.cell[aria-current]", { hasText: "Granted" }).waitFor();
  await panel(dee).getByLabel("Note").fill("Wrote to it, and got it");
  await panel(dee).getByRole("button", { name: "Verified" }).click();
  await cell(ann, dees).filter({ hasText: "Verified" }).waitFor();
  assert.equal((await grantOf("Dee", "mailing-list")).step, "verified");

  // Taken back by the toast, as everywhere.
  await dee.locator("[data-toast]").getByRole("button", { name: /Undo/ }).click();
  await cell(ann, dees).filter({ hasText: "Granted" }).waitFor();
  assertNoFaults(ann);
  assertNoFaults(dee);
  await ann.context().close();
  await dee.context().close();
});

test("a cell is reached and moved by keyboard alone, and Escape gives the focus back", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  await page.goto(at);
  const first = page.locator("[data-cell]").first();
  await first.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const href = await page.evaluate(() => document.activeElement.getAttribute("href"));
  assert.match(href, /person=/, "the arrows lead out of the grid");
  await page.keyboard.press("Enter");
  await panel(page).getByRole("heading", { level: 2 }).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction((href) => document.activeElement?.getAttribute("href") === href, href);
  assertNoFaults(page);
  await page.context().close();
});

test("a customer's VPN on a delivery device is refused with the ways that are allowed; an exception has a name and an end", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  const finn = await grantOf("Finn", "vpn");
  await page.goto(`/engagements/${engagement}/people?edit=${finn.person}`);
  await page.getByLabel("Device").selectOption({ label: "Of the delivery side" });
  await page.getByRole("main").getByRole("button", { name: "Save" }).first().click();
  await page.getByText("The register is saved").waitFor();
  // What is not allowed is no longer needed, and a virtual workspace is.
  assert.equal((await grantOf("Finn", "vpn")).step, "withdrawn");
  assert.equal((await grantOf("Finn", "virtual-workspace")).step, "needed");
  await page.goto(`${at}?person=${finn.person}&resource=vpn`);
  await panel(page).getByText("A customer VPN is not allowed on a device of the delivery side.").waitFor();
  await panel(page).getByText("Virtual workspace", { exact: true }).waitFor();
  await panel(page).getByRole("button", { name: "Requested" }).click();
  await panel(page).locator(".err", { hasText: "is not allowed" }).waitFor();
  await panel(page).getByText("Allow it for a time").click();
  await panel(page).getByRole("button", { name: "Write the exception down" }).click();
  await panel(page).getByText("Name who allows it").waitFor();
  assertNoFaults(page);
  await page.context().close();
});

test("somebody says on a phone, without scripts, that what they were given works", async () => {
  const page = await openPage(browser, server, { scripts: false, size: phone });
  const eli = await grantOf("Eli", "network-account");
  await server.command("access", "set", "--engagement", engagement, "--person", "eli@example.com", "--resource", "network-account", "--to", "granted", "--note", "the password ran out");
  await signIn(page, "eli@example.com");
  await page.goto(at);
  await cell(page, eli).click();
  await page.locator("#item").getByRole("button", { name: "Does not work" }).click();
  await page.locator("#item .err", { hasText: "needs a reason" }).waitFor();
  await page.locator("#item").getByLabel("Note").fill("The second factor is refused");
  await page.locator("#item").getByLabel("Number of the request").fill("SEC-2291");
  await page.locator("#item").getByRole("button", { name: "Does not work" }).click();
  await page.getByText("Eli Brandt, Network account: Does not work").waitFor();
  await page.locator("#item").getByLabel("Note").fill("Signed in with the second factor");
  await page.locator("#item").getByRole("button", { name: "Verified" }).click();
  await page.getByText("Eli Brandt, Network account: Verified").waitFor();
  const wide = await page.locator("html").evaluate((html) => html.scrollWidth);
  assert.ok(wide <= phone.width, `the page is ${wide} px wide`);
  assertNoFaults(page);
  await page.context().close();
});

test("whoever is taken off is on the list of what to revoke, and the engagement does not end before it is gone", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  const finn = await grantOf("Finn", "network-account");
  await page.goto(`/engagements/${engagement}/people?edit=${finn.person}`);
  await page.getByText("Take off the engagement").click();
  await page.getByRole("button", { name: "Take Finn Mercer off" }).click();
  await page.getByText("Finn Mercer is off the engagement").waitFor();
  await page.goto(`${at}/revoke`);
  const line = page.locator("[data-row]", { hasText: "Finn" }).first();
  await line.getByText("is off the engagement").waitFor();
  await line.getByRole("textbox", { name: /When, and what shows it/ }).fill("It is gone, I think");
  await line.getByRole("button", { name: /Confirm it is gone/ }).click();
  await page.getByText("The customer side confirms that it is gone").waitFor();
  // It is still the list, with what was typed.
  assert.equal(await line.getByRole("textbox", { name: /When, and what shows it/ }).inputValue(), "It is gone, I think");
  await line.getByLabel("How is it known?").selectOption({ label: "It was tried and refused" });
  await page.goto(`${at}/revoke?all=1`);
  await page.locator("summary", { hasText: "End the engagement" }).click();
  await page.getByRole("button", { name: "End the engagement" }).click();
  await page.locator(".err", { hasText: "still have access" }).waitFor();

  const bob = await openPage(browser, server, { size: phone });
  await signIn(bob, "bob@example.com");
  await bob.goto(`${at}/revoke`);
  await bob.locator("[data-row]", { hasText: "Finn" }).first().getByRole("button", { name: /Confirm it is gone/ }).click();
  await bob.getByText("Network account: Gone").waitFor();
  assert.equal((await grantOf("Finn", "network-account")).step, "revocation_confirmed");
  assertNoFaults(page);
  assertNoFaults(bob);
  await page.context().close();
  await bob.context().close();
});

test("a room, a link and a key are lines of what has to end; the room is closed by the side it belongs to, on a phone", async () => {
  const page = await openPage(browser, server);
  await signIn(page, manager);
  const bobs = (await grants()).find((grant) => grant.name.startsWith("Bob"));
  assert.ok(bobs, "Bob has nothing to do with access");
  await page.goto(`/engagements/${engagement}/people/${bobs.person}/link`);
  await page.getByRole("button", { name: /link/i }).first().click();
  await page.goto(`${at}/revoke?all=1`);
  await page.getByText("Add a room or the like").click();
  await page.getByLabel("What has to be closed").fill("Room 4.12");
  await page.getByLabel("Kind").selectOption({ label: "Room" });
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByText("Room 4.12 is on the list").waitFor();
  await page.locator("#links [data-row]", { hasText: "Bob" }).first().waitFor();

  // The delivery side alone cannot say that a room of the customer is closed.
  const room = (of) => of.locator("#whole [data-row]", { hasText: "Room 4.12" });
  await room(page).getByRole("button", { name: "Mark closed" }).click();
  await room(page).locator(".err", { hasText: "The customer side confirms" }).waitFor();
  await page.locator("summary", { hasText: "End the engagement" }).click();
  await page.getByRole("button", { name: "End the engagement" }).click();
  await page.locator(".err", { hasText: "Room 4.12" }).waitFor();

  const bob = await openPage(browser, server, { scripts: false, size: phone });
  await signIn(bob, "bob@example.com");
  await bob.goto(`${at}/revoke?all=1`);
  assert.equal(await bob.locator("#links").count(), 0, "links are the delivery side's");
  await room(bob).getByRole("button", { name: "Mark closed" }).click();
  await bob.getByText("Room 4.12 is closed").waitFor();
  const wide = await bob.locator("html").evaluate((html) => html.scrollWidth);
  assert.ok(wide <= phone.width, `the page is ${wide} px wide`);

  await page.goto(`${at}/revoke?all=1`);
  await room(page).getByText("Closed", { exact: true }).waitFor();
  const links = await page.locator("#links [data-row]").count();
  await page.locator("#links [data-row]", { hasText: "Bob" }).first().getByRole("button", { name: /Revoke/ }).click();
  await page.waitForFunction((count) => document.querySelectorAll("#links [data-row]").length < count, links);
  const lines = (await server.command("access", "ending", "list", "--engagement", engagement, "--all")).ending;
  assert.equal(lines.find((line) => line.title === "Room 4.12").state, "closed");
  assertNoFaults(page);
  assertNoFaults(bob);
  await page.context().close();
  await bob.context().close();
});
