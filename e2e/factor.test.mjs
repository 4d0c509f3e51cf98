// A second factor: set with an app, asked for, and taken away.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { assertNoFaults, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { manager } from "./sample.mjs";
import { password, startTminus } from "./tminus.mjs";

let server, browser;

before(async () => {
  server = await startTminus();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an app shows, as RFC 6238 says; `later` steps of half a minute from now. */
function shown(secret, later = 0) {
  const bits = [...secret.replaceAll(" ", "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fff_ffff;
  return `${number % 1_000_000}`.padStart(6, "0");
}

async function givePassword(page) {
  await page.goto("/people");
  await page.getByLabel("E-mail").fill(manager);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

for (const scripts of [true, false]) {
  test(`Ann sets a second factor ${scripts ? "" : "without scripts "}and signs in with it`, async () => {
    const ann = await openPage(browser, server, { scripts, size: scripts ? undefined : phone });
    await signIn(ann, manager);
    await ann.goto("/settings");
    await ann.getByRole("link", { name: "Set up or change" }).click();
    await ann.getByRole("button", { name: "Set it up" }).click();
    await ann.getByRole("img", { name: /picture that an app/ }).waitFor();
    const secret = await ann.locator("code").innerText();
    await ann.getByLabel("The six digits that it shows now").fill("000000");
    await ann.getByRole("button", { name: "Confirm" }).click();
    await ann.getByText("That is no code that counts now").waitFor();
    await ann.getByLabel("The six digits that it shows now").fill(shown(secret));
    await ann.getByRole("button", { name: "Confirm" }).click();
    await ann.getByText("The second factor is set.").waitFor();
    const spare = await ann.locator(".codes li").allInnerTexts();
    assert.equal(spare.length, 10);
    await ann.context().clearCookies();
    await givePassword(ann);
    await ann.getByRole("heading", { name: "Your code" }).waitFor();
    await ann.goto("/people");
    await ann.getByRole("heading", { name: "Sign in" }).waitFor();
    await givePassword(ann);
    await ann.getByLabel("Code").fill(shown(secret, 1));
    await ann.getByRole("button", { name: "Sign in" }).click();
    await ann.waitForURL(/\/people$/);
    await ann.context().clearCookies();
    await givePassword(ann);
    await ann.getByLabel("Code").fill(spare[0]);
    await ann.getByRole("button", { name: "Sign in" }).click();
    await ann.waitForURL(/\/people$/);
    await ann.goto("/settings");
    await ann.getByText("Set: after your password, a code of your app is asked for.").waitFor();
    await ann.getByRole("link", { name: "Set up or change" }).click();
    await ann.getByText("9 spare codes are left.").waitFor();
    await ann.getByLabel("A code of your app, or a spare one").fill(spare[1]);
    await ann.getByRole("button", { name: "Take it away" }).click();
    await ann.getByText("Your password alone signs you in now.").waitFor();
    assertNoFaults(ann);
    await ann.context().close();
  });
}

test("An administrator takes the second factor of somebody away who lost it", async () => {
  const people = await server.command("person", "list");
  const { email, id } = people.find((person) => person.side === "delivery" && person.email !== manager && person.practice !== "administrator");
  const dee = await openPage(browser, server);
  await signIn(dee, email);
  await dee.goto("/settings/second-factor");
  await dee.getByRole("button", { name: "Set it up" }).click();
  await dee.getByLabel("The six digits that it shows now").fill(shown(await dee.locator("code").innerText()));
  await dee.getByRole("button", { name: "Confirm" }).click();
  await dee.getByText("The second factor is set.").waitFor();
  await dee.context().clearCookies();
  const ann = await openPage(browser, server);
  await signIn(ann, manager);
  await ann.goto(`/people/${id}`);
  await ann.getByRole("button", { name: "Take the second factor away" }).click();
  await ann.getByText("signs in with the password alone now.").waitFor();
  assert.equal(await ann.getByRole("button", { name: "Take the second factor away" }).count(), 0);
  await signIn(dee, email);
  for (const page of [ann, dee]) {
    assertNoFaults(page);
    await page.context().close();
  }
});
