// What the sample practice holds, found by the command line.
import assert from "node:assert/strict";
import { weekdaysAhead } from "./steps.mjs";

export const manager = "ann@example.com";

/** Ids for `pages`: the engagement with the most items, one of its open items, two kits, somebody. */
export async function sampleOf(server) {
  const list = await server.command("engagement", "list");
  const fullest = list.toSorted((a, b) => b.complete_of - a.complete_of)[0];
  assert.ok(fullest, "the sample has no engagement");
  const { items } = await server.command("engagement", "show", fullest.id, "--open");
  const kits = await server.command("kit", "list");
  assert.ok(kits.length >= 2, "the sample has less than two kits");
  const people = await server.command("person", "list");
  return { engagement: fullest.id, item: items[0].id, kit: kits[0].hash, other: kits[1].hash, person: people.at(-1).id };
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
