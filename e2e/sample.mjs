// What the sample practice holds, found by the command line.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kitTitle, weekdaysAhead } from "./steps.mjs";

export const manager = "ann@example.com";

/** Ids for `pages`: the engagement before its kick-off, one of its open items, one that cannot be made
 * in time and has ways out, one whose owner is open and has a long title, a kit, two
 * versions of another, somebody. */
export async function sampleOf(server) {
  const list = await server.command("engagement", "list");
  const northwind = list.find(({ customer }) => customer === "Northwind");
  assert.ok(northwind, "the sample has no engagement for Northwind");
  const { items } = await server.command("engagement", "show", northwind.id, "--open");
  const item = items.find(({ title }) => /clearance/.test(title)) ?? items[0];
  const short = items.find(({ title }) => /badge and try/.test(title));
  const isOpen = ({ person, role }) => !person && role.length > 20;
  const open = items.find(({ owners }) => owners.some(isOpen));
  assert.ok(short && open, "the sample has no item that is short, or none with an open role of a long name");
  const kit = (await server.command("kit", "list")).find((kit) => kit.title === kitTitle);
  const [small, newer] = await twoVersions(server);
  const people = await server.command("person", "list");
  const customer = people.find(({ side, practice }) => side === "customer" && practice !== "administrator");
  const { link } = await server.command("link", "create", customer.email, "-e", northwind.id);
  await server.command("link", "create", customer.email, "-e", northwind.id, "--mail");
  const [letter] = await server.command("mail", "list");
  const [portfolio] = await server.command("portfolio", "list");
  return { portfolio: portfolio.id, letter: letter.id, engagement: northwind.id, item: item.id, short: short.id, open: open.id, kit: kit.hash, versions: [small, newer], person: people.at(-1).id, customer: customer.id, link: new URL(link).pathname };
}

/** Imports the small kit, and a newer version of it in which something is new, gone and told at length. */
async function twoVersions(server) {
  const old = await readFile("e2e/small.toml", "utf8");
  const told = `description = "${"Ask for a room with a screen, a whiteboard and a door. ".repeat(12)}"`;
  const newer = old.replace('version = "1.0"', 'version = "1.1"').replace('title = "Room 1"', `title = "The first room"\n${told}`).replace(/\[\[module\.task\]\]\nid = "room-8"[^]*/, "") + '\n[[module.task]]\nid = "door"\ntitle = "Label the doors"\nsrc = "ours"\n';
  const folder = await mkdtemp(join(tmpdir(), "tminus-kit-"));
  await writeFile(join(folder, "kit.toml"), newer);
  const hashes = [];
  for (const path of ["e2e/small.toml", folder]) {
    await server.command("kit", "import", path);
    const list = await server.command("kit", "list");
    hashes.push(list.find((kit) => kit.id === "small" && !hashes.includes(kit.hash)).hash);
  }
  await rm(folder, { recursive: true });
  return hashes;
}

/** An engagement of Ann and Dee whose items depend on nothing: its id and its items. */
export async function smallEngagement(server) {
  await server.command("kit", "import", "e2e/small.toml");
  const { id } = await server.command(
    ...["engagement", "create", "--kit", "small", "--customer", "Northwind", "--title", "Mobilize", "--kickoff", weekdaysAhead(20)],
    ...["--calendar", "Delivery:delivery:DE-BY", "--calendar", "Customer:customer:US"],
    ...["--person", `${manager} function=engagement_manager roles=engagement-manager`, "--person", "dee@example.com function=workstream_lead"],
  );
  const { items } = await server.command("engagement", "show", id);
  assert.equal(items.length, 8);
  return { engagement: id, items };
}
