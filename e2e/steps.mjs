// What people do in journeys, in their words. Each works with and without scripts.
import assert from "node:assert/strict";

export const kitTitle = "Customer onboarding for a mobilize engagement";

/** The date that is `days` weekdays ahead, as a date field takes it. */
export function weekdaysAhead(days, from = new Date()) {
  const day = new Date(Date.UTC(from.getFullYear(), from.getMonth(), from.getDate()));
  // Nothing is worked at a weekend: the count begins with the Monday after it.
  while (day.getUTCDay() % 6 === 0) day.setUTCDate(day.getUTCDate() + 1);
  for (let left = days; left > 0; ) {
    day.setUTCDate(day.getUTCDate() + 1);
    if (day.getUTCDay() % 6 !== 0) left -= 1;
  }
  return day.toISOString().slice(0, 10);
}

/** The row of an item in the checklist. */
export function rowOf(page, item) {
  return page.locator(`#i-${item}`);
}

/** Waits until a row says this status. */
export function sees(page, item, status) {
  return rowOf(page, item).locator(".st", { hasText: status }).waitFor();
}

export function panel(page) {
  return page.locator("#item");
}

/** Sets the status in the open panel by its menu. */
export async function setStatus(page, status) {
  await panel(page).locator("[popovertarget=status-menu]").click();
  await page.locator("#status-menu").getByRole("button", { name: status }).click();
}

/** Sets a status that asks for a reason, by the longer form. */
export async function setStatusBecause(page, status, reason) {
  await panel(page).getByText("With a reason, or another status").click();
  await panel(page).locator("#status-status").selectOption({ label: status });
  await panel(page).locator("#status-reason").fill(reason);
  await panel(page).getByRole("button", { name: "Set status" }).click();
}

export async function addNote(page, text) {
  await panel(page).getByText("Add evidence").click();
  await panel(page).getByLabel("Kind").selectOption({ label: "Note" });
  await panel(page).getByLabel("Link, note or value").fill(text);
  await panel(page).getByRole("button", { name: "Add", exact: true }).click();
  await panel(page).getByText(text).waitFor();
}

/** Takes the first way out with these words. */
export async function takeWayOut(page, words, reason) {
  const way = panel(page).locator("details", { has: page.locator("summary", { hasText: words }) }).first();
  await way.locator("summary").click();
  await way.getByLabel("Reason").fill(reason);
  await way.getByRole("button", { name: "Take this way out" }).click();
}

export async function goToTab(page, name) {
  await page.getByRole("navigation", { name: "Engagement" }).getByRole("link", { name }).click();
}

/** Has the record verified on its page, and by the command from the export alone. */
export async function verifyRecord(page, server) {
  await goToTab(page, "Record");
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("Whole and unchanged.").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "JSON lines" }).click()]);
  const proof = await server.command("record", "verify", await download.path());
  assert.ok(proof.ok && proof.entries > 0, `the export does not prove itself: ${JSON.stringify(proof)}`);
}
