// What somebody of the customer does from a link, on a phone, and what the engagement manager sees of it.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertNoFaults, openPage, phone, signIn } from "./browser.mjs";
import { manager } from "./sample.mjs";
import { practiceWithMail } from "./practice.mjs";

const { mail, server, browser, sample } = await practiceWithMail();

/** Ann makes a link for a member on the register, and reads it off the page. */
async function linkFor(ann, name) {
  await ann.goto(`/engagements/${sample.engagement}/people`);
  await ann.getByRole("link", { name: `Links for ${name}` }).click();
  await ann.getByRole("button", { name: "Show me a link" }).click();
  return ann.getByLabel("The link", { exact: true }).inputValue();
}

/** The thing to do with this title. */
function card(page, title) {
  return page.locator("li.card").filter({ has: page.getByRole("heading", { name: title }) });
}

/** Titles of the things that can be done now, in their order. */
function ready(page) {
  return page.locator("li.card:has(.btn.pri)").filter({ hasNotText: "Not yet:" }).getByRole("heading", { level: 2 }).allInnerTexts();
}

for (const scripts of [true, false]) {
  test(`Bob works from a link on a phone ${scripts ? "" : "without scripts "}and Ann sees it`, async () => {
    const ann = await openPage(browser, server);
    await signIn(ann, manager);
    const link = await linkFor(ann, "Bob Harper");
    const bob = await openPage(browser, server, { size: phone, scripts });
    await bob.goto(link);
    await bob.getByRole("heading", { name: "Bob Harper" }).waitFor();
    await bob.getByRole("button", { name: /Open/ }).click();
    await bob.getByRole("heading", { level: 1, name: /^Bob, \d+ things for you/ }).waitFor();

    const [asked, handed] = await ready(bob);
    await card(bob, asked).getByText("Ask", { exact: true }).click();
    await card(bob, asked).getByLabel("Your question").fill("Which edition do you need?");
    await card(bob, asked).getByRole("button", { name: "Ask it" }).click();
    await bob.getByText(`Your question on “`).waitFor();

    const email = `carla.${scripts ? "one" : "two"}@northwind.example`;
    await card(bob, handed).getByText("Not me", { exact: true }).click();
    await card(bob, handed).getByLabel("Name", { exact: true }).fill("Carla Diaz");
    await card(bob, handed).getByLabel("E-mail address").fill(email);
    await card(bob, handed).getByRole("button", { name: "Hand it over" }).click();
    await bob.getByText("is with Carla Diaz now").waitFor();
    assert.equal(await card(bob, handed).count(), 0, "what was handed over is still there");

    await ann.goto(`/engagements/${sample.engagement}/record`);
    await ann.getByText("Which edition do you need?").first().waitFor();
    await ann.getByText(/handed over/).filter({ visible: true }).first().waitFor();
    await ann.goto(`/engagements/${sample.engagement}/people`);
    await ann.getByRole("row", { name: /Carla Diaz/ }).getByText("no link").first().waitFor();
    for (const page of [ann, bob]) {
      assertNoFaults(page);
      await page.context().close();
    }
  });
}

test("Ann sees live what Bob does by his link", async () => {
  const ann = await openPage(browser, server);
  await signIn(ann, manager);
  const bob = await openPage(browser, server, { size: phone });
  await bob.goto(await linkFor(ann, "Bob Harper"));
  await bob.getByRole("button", { name: /Open/ }).click();
  const [title] = await ready(bob);
  const id = (await card(bob, title).getAttribute("id")).replace(/^c-/, "");
  await ann.goto(`/engagements/${sample.engagement}/checklist?item=${id}`);
  await ann.getByText("Live, all saved").waitFor();
  await card(bob, title).getByText("Ask", { exact: true }).click();
  await card(bob, title).getByLabel("Your question").fill("Seen while you look?");
  await card(bob, title).getByRole("button", { name: "Ask it" }).click();
  await ann.locator("#item").getByText("Seen while you look?").waitFor();
  for (const page of [ann, bob]) {
    assertNoFaults(page);
    await page.context().close();
  }
});

test("Bob gets his link by mail, proves his mailbox by a code, attaches a file, and Carla gets a link of her own", async () => {
  const ann = await openPage(browser, server);
  await signIn(ann, manager);
  await ann.goto(`/engagements/${sample.engagement}/people`);
  await ann.getByRole("link", { name: "Links for Bob Harper" }).click();
  mail.forget();
  await ann.getByRole("button", { name: "Mail a link" }).click();
  await ann.getByText("A link is on its way").waitFor();
  const letter = await mail.next("bob@example.com", /^Your link for Mobilize/);
  const bob = await openPage(browser, server, { size: phone });
  await bob.goto(/http\S+\/l\/\S+/.exec(letter.text)[0]);
  await bob.getByRole("button", { name: /Open/ }).click();

  const wants = bob.locator("li.card").filter({ has: bob.getByRole("link", { name: "Get a code", includeHidden: true }) }).first();
  const title = await wants.getByRole("heading").innerText();
  await wants.locator("summary").first().click();
  await wants.getByRole("link", { name: "Get a code" }).click();
  await bob.getByRole("button", { name: "Send me a code" }).click();
  await bob.getByLabel("Code, 6 digits").fill("000000");
  await bob.getByRole("button", { name: "Go on" }).click();
  await bob.getByText("That is not the code").waitFor();
  const { text } = await mail.next("bob@example.com", /^Your code/);
  await bob.getByLabel("Code, 6 digits").fill(/^\d{6}$/m.exec(text)[0]);
  await bob.getByRole("button", { name: "Go on" }).click();
  await bob.getByText("That was the code").waitFor();

  const now = card(bob, title);
  await now.locator("summary").first().click();
  await now.locator("input[type=file]").first().setInputFiles({ name: "list of rooms.txt", mimeType: "text/plain", buffer: Buffer.from("Room 1") });
  await now.getByRole("button", { name: "Attach the file" }).click();
  await card(bob, title).getByText("list of rooms.txt").waitFor();
  // Of the same company as Bob: her link is mailed at once.
  const [handed] = await ready(bob);
  await card(bob, handed).getByText("Not me", { exact: true }).click();
  await card(bob, handed).getByLabel("Name", { exact: true }).fill("Carla Mailed");
  await card(bob, handed).getByLabel("E-mail address").fill("carla.mailed@example.com");
  await card(bob, handed).getByRole("button", { name: "Hand it over" }).click();
  const hers = await mail.next("carla.mailed@example.com", /^Your link/);
  const carla = await openPage(browser, server, { size: phone });
  await carla.goto(/http\S+\/l\/\S+/.exec(hers.text)[0]);
  await carla.getByRole("button", { name: "Open as Carla Mailed" }).click();
  await card(carla, handed).waitFor();

  // Another one is completed with a file.
  const other = (await ready(bob)).find((it) => it !== title && it !== handed);
  const item = (await card(bob, other).getAttribute("id")).replace(/^c-/, "");
  await card(bob, other).getByRole("link", { name: "All about it" }).click();
  const attach = bob.locator("details:has(input[type=file])").last();
  await attach.locator("summary").first().click();
  await attach.locator("input[type=file]").setInputFiles({ name: "agreed.txt", mimeType: "text/plain", buffer: Buffer.from("As agreed") });
  await attach.locator("form:has(input[type=file]) button").click();
  await bob.getByRole("link", { name: "agreed.txt" }).first().waitFor();
  await bob.goto(`/engagements/${sample.engagement}/yours`);
  // What is left to say is in a fold.
  const folded = card(bob, other).locator("details:has(> summary.btn.pri)");
  if (await folded.count()) {
    await folded.locator("summary").click();
    for (const typed of await folded.locator("form").last().locator("input:not([type=hidden])").all()) {
      await typed.fill((await typed.getAttribute("type")) === "url" ? "https://wiki.northwind.example/schedule" : "as agreed");
    }
  }
  await card(bob, other).getByRole("button", { name: /^(Done|Send for acceptance)$/ }).click();
  await bob.getByText(/” is (done|sent for acceptance)/).first().waitFor();
  await ann.goto(`/engagements/${sample.engagement}/items/${item}`);
  await ann.getByRole("link", { name: "agreed.txt" }).first().waitFor();
  await ann.getByText(/^(Done|Submitted)$/).filter({ visible: true }).first().waitFor();
  for (const page of [ann, bob, carla]) {
    assertNoFaults(page);
    await page.context().close();
  }
});

for (const scripts of [true, false]) {
  test(`a file that is too large is refused in words, ${scripts ? "what was typed beside it stays" : "without scripts what was typed is one page back"}, and nothing is kept`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "tminus-large-"));
    t.after(() => rm(folder, { recursive: true }));
    const bob = await openPage(browser, server, { size: phone, scripts });
    await signIn(bob, "bob@example.com");
    await bob.goto(`/engagements/${sample.engagement}/yours`);
    const [title] = await ready(bob);
    const item = (await card(bob, title).getAttribute("id")).replace(/^c-/, "");
    const before = await server.command("item", "show", item);
    // A little too large is read to its end; much too large is refused on the way.
    for (const bytes of [25 * 1024 * 1024 + 1, 40 * 1024 * 1024]) {
      const file = join(folder, `${bytes}.txt`);
      await writeFile(file, Buffer.alloc(bytes, "x"));
      await bob.goto(`/engagements/${sample.engagement}/items/${item}`);
      await bob.getByLabel("Comment", { exact: true }).fill("Half of what I wanted to say");
      await bob.getByText("Add evidence").click();
      await bob.getByLabel("File", { exact: true }).setInputFiles(file);
      await bob.getByRole("button", { name: "Attach file" }).click();
      await bob.getByText("The file is larger than 25 MiB").waitFor();
      if (!scripts) await bob.goBack();
      assert.equal(await bob.getByLabel("Comment", { exact: true }).inputValue(), "Half of what I wanted to say", `${bytes} bytes`);
    }
    const { evidence, comments, version } = await server.command("item", "show", item);
    assert.deepEqual({ evidence, comments, version }, { evidence: before.evidence, comments: before.comments, version: before.version });
    assertNoFaults(bob);
    await bob.context().close();
  });
}
