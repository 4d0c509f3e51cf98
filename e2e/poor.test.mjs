// The customer's page on a phone whose line is slow, breaks, and comes back: nothing is lost, and nothing is done twice.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assertNoFaults, openPage, phone, throttle } from "./browser.mjs";
import { practiceWithMail } from "./practice.mjs";

/** What browsers call slow 3G: milliseconds to an answer, bytes a second. */
const slow = { latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
/** The page behind the link and the one that it opens, with styles, script, icons and font: two seconds of that line. */
const firstLook = { bytes: 95_000, requests: 12 };
const unsent = "Tminus cannot be reached. What you typed is still here; send it again.";
/** As long as it takes to press a second time out of impatience, and less than an answer takes. */
const impatienceMs = 150;

const { mail, server, browser, sample } = await practiceWithMail();

/** A cable to the server that takes what is sent to it as slowly, and can be cut in the middle of a file: browsers emulate that for no upload. */
async function cable() {
  const open = new Set();
  let isCut = false;
  const ends = createServer((near) => {
    const far = connect(new URL(server.url).port, "127.0.0.1");
    for (const [end, other] of [[near, far], [far, near]]) {
      open.add(end.on("error", () => other.destroy()).on("close", () => (open.delete(end), other.destroy())));
    }
    far.pipe(near);
    near.on("data", (bytes) => {
      far.write(bytes);
      near.pause();
      setTimeout(() => near.resume(), (bytes.length / slow.uploadThroughput) * 1000);
    });
    if (isCut) near.destroy();
  }).listen(0, "127.0.0.1");
  await once(ends, "listening");
  const cut = () => {
    isCut = true;
    for (const end of open) end.destroy();
  };
  return { url: `http://127.0.0.1:${ends.address().port}`, cut, mend: () => (isCut = false), stop: () => (cut(), ends.close()) };
}

/** Bob's phone on a slow line, with what was sent for so far. */
async function slowPhone(scripts, to = server) {
  const bob = await openPage(browser, to, { size: phone, scripts });
  const { network, breaks, comesBack } = await throttle(bob, slow);
  const cost = { bytes: 0, requests: 0 };
  network.on("Network.responseReceived", ({ response }) => (cost.requests += Number(response.url.startsWith("http"))));
  network.on("Network.loadingFinished", ({ encodedDataLength }) => (cost.bytes += encodedDataLength));
  return { bob, cost, breaks, comesBack };
}

async function openLink(bob) {
  await bob.goto(sample.link);
  await bob.getByRole("button", { name: /Open/ }).click();
  await bob.getByRole("heading", { level: 1, name: /^Bob, \d+ things for you/ }).waitFor();
}

/** The `nth` thing that can be done now and asks for something: its card and its id. */
async function thing(bob, nth) {
  const id = await bob.locator("li.card:has(summary.btn.pri)").nth(nth).getAttribute("id");
  return { card: bob.locator(`#${id}`), item: id.replace(/^c-/, "") };
}

/** Presses as a finger does, which waits for nothing. */
async function press(bob, button, times = 1) {
  await button.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await button.boundingBox();
  for (let left = times; left > 0; left -= 1) {
    await bob.touchscreen.tap(x + width / 2, y + height / 2);
    if (left > 1) await pause(impatienceMs);
  }
}

async function typeQuestion(card, text) {
  await card.getByText("Ask", { exact: true }).click();
  await card.getByLabel("Your question").fill(text);
  return card.getByRole("button", { name: "Ask it" });
}

const asked = (bob) => bob.locator("[data-toast]", { hasText: "Your question on “" });

/** How many comments and pieces of evidence there are of an item. */
async function kept(item) {
  const { comments, evidence, status } = await server.command("item", "show", item);
  return { comments, evidence: evidence.map(({ text }) => text), status };
}

/** Nothing but the broken line was complained of. */
function assertOnlyBroken(bob) {
  bob.faults = bob.faults.filter((fault) => !/ERR_(INTERNET_DISCONNECTED|CONNECTION_|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INCOMPLETE_)/.test(fault));
  assertNoFaults(bob);
}

test("the first look over a slow line costs at most 95 kB in 12 requests, and the page is of use", async () => {
  const { bob, cost } = await slowPhone(true);
  await openLink(bob);
  await bob.waitForLoadState("load");
  assert.ok(cost.requests > 5, `only ${cost.requests} requests were seen`);
  assert.ok(cost.bytes <= firstLook.bytes && cost.requests <= firstLook.requests, `${cost.bytes} bytes in ${cost.requests} requests`);
  const { card } = await thing(bob, 0);
  await typeQuestion(card, "Is it of use?");
  assertNoFaults(bob);
  await bob.context().close();
});

for (const scripts of [true, false]) {
  test(`what is pressed twice while the answer is on its way is done once${scripts ? "" : ", without scripts too"}`, async () => {
    const { bob } = await slowPhone(scripts);
    await openLink(bob);
    const { card, item } = await thing(bob, scripts ? 0 : 1);
    const before = await kept(item);
    await press(bob, await typeQuestion(card, `Pressed twice, ${scripts}?`), 2);
    await asked(bob).waitFor();
    assert.equal((await kept(item)).comments, before.comments + 1, "the question is there twice, or not at all");

    // One that takes what is typed for it.
    const typed = bob.locator("li.card:has(details:has(> summary.btn.pri) [name^='e.']):not(:has([type=file])):not(:has(a[href^='/code']))");
    const id = (await typed.first().getAttribute("id")).replace(/^c-/, "");
    const done = bob.locator(`#c-${id}`);
    const title = await done.getByRole("heading").innerText();
    const fold = done.locator("details:has(> summary.btn.pri)");
    await fold.locator("summary").click();
    const words = [];
    for (const field of await fold.locator("input:not([type=hidden])").all()) {
      words.push((await field.getAttribute("type")) === "url" ? "https://wiki.northwind.example/agreed" : "as agreed");
      await field.fill(words.at(-1));
    }
    await press(bob, fold.getByRole("button", { name: /^(Done|Send for acceptance)$/ }), 2);
    await done.waitFor({ state: "detached" });
    await bob.locator("details.card", { hasText: "Done by you" }).filter({ hasText: title }).waitFor();
    const { evidence, status } = await kept(id);
    assert.deepEqual(evidence, words);
    assert.match(status, /^(done|submitted)$/);
    assertNoFaults(bob);
    await bob.context().close();
  });
}

test("a line that breaks while something is sent is said, what was typed stays, and sent again it is there once", async () => {
  const { bob, breaks, comesBack } = await slowPhone(true);
  await openLink(bob);
  // The question arrives and its answer does not: nobody on this side can know.
  const { card, item } = await thing(bob, 2);
  const before = await kept(item);
  const ask = await typeQuestion(card, "Is the line broken?");
  await press(bob, ask);
  await pause(100);
  await breaks();
  await card.getByRole("alert").getByText(unsent).waitFor();
  assert.equal(await card.getByLabel("Your question").inputValue(), "Is the line broken?");
  // Without any line it is the same, and said once.
  await press(bob, ask);
  await pause(impatienceMs);
  await card.getByRole("alert").getByText(unsent).waitFor();
  assert.equal(await bob.getByText(unsent).count(), 1);
  assert.equal(await card.getByLabel("Your question").inputValue(), "Is the line broken?");
  await comesBack();
  await press(bob, ask);
  await asked(bob).waitFor();
  assert.equal((await kept(item)).comments, before.comments + 1, "the question is there twice, or not at all");
  assert.equal(await bob.getByText(unsent).count(), 0);
  assertOnlyBroken(bob);
  await bob.context().close();
});

test("a file that breaks off half-way is chosen still, and attached once when the line is back", async (t) => {
  const line = await cable();
  t.after(line.stop);
  const { bob } = await slowPhone(true, line);
  await openLink(bob);
  const wants = bob.locator("li.card").filter({ has: bob.getByRole("link", { name: "Get a code", includeHidden: true }) }).first();
  const id = await wants.getAttribute("id");
  const card = bob.locator(`#${id}`);
  await card.locator("summary").first().click();
  await card.getByRole("link", { name: "Get a code" }).click();
  await bob.getByRole("button", { name: "Send me a code" }).click();
  const { text } = await mail.next("bob@example.com", /^Your code/);
  await bob.getByLabel("Code, 6 digits").fill(/^\d{6}$/m.exec(text)[0]);
  await bob.getByRole("button", { name: "Go on" }).click();
  await bob.getByText("That was the code").waitFor();

  await card.locator("summary").first().click();
  const file = card.locator("input[type=file]").first();
  await file.setInputFiles({ name: "list of rooms.txt", mimeType: "text/plain", buffer: Buffer.from("Room 1\n".repeat(30_000)) });
  await press(bob, card.getByRole("button", { name: "Attach the file" }));
  await pause(1_500);
  line.cut();
  await card.getByRole("alert").getByText(unsent).waitFor();
  assert.equal(await file.evaluate((input) => input.files.length), 1, "the file has to be chosen again");
  assert.deepEqual((await kept(id.replace(/^c-/, ""))).evidence, [], "half a file is evidence of nothing");
  line.mend();
  await press(bob, card.getByRole("button", { name: "Attach the file" }), 2);
  await card.getByText("list of rooms.txt").waitFor();
  assert.deepEqual((await kept(id.replace(/^c-/, ""))).evidence, ["list of rooms.txt"]);
  assertOnlyBroken(bob);
  await bob.context().close();
});

test("without scripts a broken line loses nothing either: one page back what was typed stands there, and sent again it is there once", async () => {
  const { bob, breaks, comesBack } = await slowPhone(false);
  await openLink(bob);
  const { card, item } = await thing(bob, 3);
  const before = await kept(item);
  const ask = await typeQuestion(card, "Is it still there?");
  await breaks();
  const failed = bob.waitForEvent("requestfailed");
  await press(bob, ask);
  await failed;
  await pause(500);
  assert.match(bob.url(), /^chrome-error:/, "without scripts it is the browser that says so");
  await comesBack();
  await bob.goBack();
  await card.getByText("Ask", { exact: true }).click();
  assert.equal(await card.getByLabel("Your question").inputValue(), "Is it still there?");
  await press(bob, ask);
  await asked(bob).waitFor();
  assert.equal((await kept(item)).comments, before.comments + 1, "the question is there twice, or not at all");
  assertOnlyBroken(bob);
  await bob.context().close();
});
