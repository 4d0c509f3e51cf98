// Reads what `cargo test --no-run --message-format json` says, and prints where the tests of the packages named are:
// package, folder and binary, one line each. Fails if one is missing.
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";

const missing = new Set(process.argv.slice(2));
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.startsWith("{")) continue;
  const said = JSON.parse(line);
  if (said.reason !== "compiler-artifact" || !said.executable || !said.target.kind.includes("test")) continue;
  const folder = dirname(said.manifest_path);
  const name = `tminus-${basename(folder)}`;
  if (missing.delete(name)) console.log([name, folder, said.executable].join("\t"));
}
if (missing.size > 0) {
  console.error(`tminus: no tests of ${[...missing].join(", ")} were built`);
  process.exit(1);
}
