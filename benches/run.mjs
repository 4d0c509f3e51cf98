// Measures Tminus beside the bare server on this machine and writes docs/benchmarks.md.
// Everything in one run: shared machines drift, ratios travel. TMINUS_BENCH_QUICK=1 takes smaller numbers, to try the script itself.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = new URL("..", import.meta.url).pathname;
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const quick = process.env.TMINUS_BENCH_QUICK === "1";
const [MANY, FEW, ITEMS, CLIENTS, SECONDS, ROUNDS] = quick ? [50, 10, 150, 16, 1, 1] : [1000, 10, 150, 16, 4, 3];
const bare = join(target, "benches/release/bare");
const load = join(target, "benches/release/load");
const fill = join(target, "release/examples/fill");
const tminus = join(target, "release/tminus");
const work = mkdtempSync(join(tmpdir(), "tminus-bench-"));
const running = [];

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

async function serve(command, args, url) {
  const begun = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  running.push(child);
  for (;;) {
    try {
      const answer = await fetch(url, { redirect: "manual" });
      await answer.arrayBuffer();
      return { child, millis: performance.now() - begun };
    } catch {
      if (child.exitCode !== null) throw new Error(`${command} stopped`);
      await sleep(2);
    }
  }
}

async function stop(child) {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await gone;
}

let files = 0;
function press(port, headers, requests, clients = CLIENTS) {
  const file = join(work, `requests-${files++}`);
  writeFileSync(file, `${headers.join("\n")}\n\n${requests.join("\n")}\n`);
  const told = JSON.parse(run(load, [`${port}`, `${clients}`, `${SECONDS}`, file]));
  if (told.failed > 0) throw new Error(`${told.failed} requests failed: ${requests[0]}`);
  return told;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
/** Takes turns, so that drift hits both alike, and keeps the median of each figure. */
function inTurns(measures) {
  const told = measures.map(() => []);
  for (let round = 0; round < ROUNDS; round++) measures.forEach((measure, at) => told[at].push(measure()));
  return told.map((list) => Object.fromEntries(Object.keys(list[0]).map((key) => [key, median(list.map((it) => it[key]))])));
}

async function signIn(port, { email, password }) {
  const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: `http://127.0.0.1:${port}` },
    body: new URLSearchParams({ email, password }),
  });
  const cookie = answer.headers.getSetCookie().find((it) => it.startsWith("tminus_session="));
  if (!cookie) throw new Error(`nobody signed in: ${answer.status}`);
  return `cookie: ${cookie.split(";")[0]}`;
}

const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const cpuMillis = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

async function world(port, engagements) {
  const database = join(work, `tminus-${engagements}`);
  run("mkdir", ["-p", database]);
  const day = new Date().toISOString().slice(0, 10);
  const made = JSON.parse(run(fill, [`sqlite://${database}/tminus.db`, `${engagements}`, `${ITEMS}`], { env: { ...process.env, TMINUS_FILL_DAY: day } }));
  run(tminus, ["kit", "import", wideKit(), "--data", database]);
  const { child } = await serve(tminus, ["serve", "--data", database, "--listen", `127.0.0.1:${port}`], `http://127.0.0.1:${port}/sign-in`);
  return { ...made, child, port, cookie: await signIn(port, made), api: [`authorization: Bearer ${made.token}`, "content-type: application/json"] };
}

const pages = (it) => it.engagements.map((id) => `GET /engagements/${id}/checklist`);
/** All items one way, then all back: no two clients are at the same item at once. */
const moves = (it) =>
  ["in_progress", "to_do"].flatMap((status) =>
    it.items.map((item) => `POST /api/v1/engagements/${it.engagements[0]}/items/${item}/status ${JSON.stringify({ to: status })}`),
  );

async function ask(it, path, body) {
  const [, key] = it.api[0].split(": ");
  const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const answer = await fetch(`http://127.0.0.1:${it.port}/api/v1${path}`, { ...sent, headers: { authorization: key, "content-type": "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

const RESOURCES = 20;

/** A kit in which everybody needs 20 resources. */
function wideKit() {
  const file = join(work, "wide.toml");
  const resources = Array.from({ length: RESOURCES }, (_, at) => `
[[resource]]
id = "r${at}"
title = "Resource ${at}"
owners = ["r"]
due = "T-${at + 1}bd @ kickoff"
[[need]]
resource = "r${at}"
each = "person"`);
  writeFileSync(file, `schema = "kit/1"
id = "wide"
title = "Wide"
version = "1"
[[role]]
id = "r"
title = "R"
[[module]]
id = "m"
title = "M"
[[module.task]]
id = "t"
title = "T"${resources.join("")}
`);
  return file;
}

/** An engagement to be opened from a kit, with so many people who work on site. */
async function crowd(it, kitId, people) {
  const members = [];
  for (let number = 0; number < people; number++) {
    const person = await ask(it, "/people", { name: `Person ${number}`, email: `person${number}@${kitId}.example.com`, side: "delivery", zone: "Europe/Berlin" });
    members.push({ person: person.id, member: { function: "delivery_member", onsite: true } });
  }
  const kit = (await ask(it, "/kits")).entries.find((kit) => kit.id === kitId);
  const calendar = (name, side, region) => ({ name, side, region });
  const kickoff = new Date(Date.now() + 60 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  const setup = {
    title: "Mobilize",
    customer: "Northwind",
    zone: "Europe/Berlin",
    milestones: { kickoff },
    calendars: [calendar("Delivery", "delivery", "DE-BY"), calendar("Customer", "customer", "US")],
    answers: kitId === "wide" ? {} : { onsite: true, background_checks: true },
  };
  const opening = { kits: [kit.hash], setup, members };
  await ask(it, "/engagements/preview", opening);
  return opening;
}

const lines = [];
const say = (what, bound, figure, met) => {
  lines.push(`| ${what} | ${bound} | ${figure} | ${met ? "yes" : "**no**"} |`);
  console.log(`${met ? "ok  " : "SHORT"}  ${what}: ${figure} (${bound})`);
};
/** A figure without a bound, worth knowing. */
const tell = (what, figure) => {
  lines.push(`| ${what} | | ${figure} | |`);
  console.log(`      ${what}: ${figure}`);
};
const per = (it) => `${Math.round(it.per_second)}/s, p50 ${(it.p50_us / 1000).toFixed(1)} ms, p99 ${(it.p99_us / 1000).toFixed(1)} ms`;

try {
  const bareDb = join(work, "bare.db");
  run(bare, [bareDb, "fill", `${MANY}`, `${ITEMS}`]);
  await serve(bare, [bareDb, "18101"], "http://127.0.0.1:18101/list");
  const barePages = Array.from({ length: MANY }, (_, at) => `GET /p/${at + 1}`);
  const bareMoves = Array.from({ length: ITEMS }, (_, at) => `POST /i/${at + 1}/status status=${at % 3}`);
  const many = await world(18102, MANY);
  const few = await world(18103, FEW);

  const one = `GET /engagements/${many.engagements[0]}/checklist`;
  const [bareHot, hot] = inTurns([() => press(18101, ["cookie: s=bench"], ["GET /p/1"]), () => press(18102, [many.cookie], [one])]);
  say("Checklist page of 150 items, one engagement of 1,000, 16 clients", "≥ 50 % of bare", `${Math.round((100 * hot.per_second) / bareHot.per_second)} %: ${per(hot)}; bare ${per(bareHot)}`, hot.per_second >= 0.5 * bareHot.per_second);
  say("p99 of that page", "< 4 × p50", `${(hot.p99_us / hot.p50_us).toFixed(1)} ×`, hot.p99_us < 4 * hot.p50_us);
  const [bareAll, all] = inTurns([() => press(18101, ["cookie: s=bench"], barePages), () => press(18102, [many.cookie], pages(many))]);
  tell("The same over all 1,000 engagements in turn, most of them not in memory", `${Math.round((100 * all.per_second) / bareAll.per_second)} %: ${per(all)}; bare ${per(bareAll)}`);
  const [bareMove, move] = inTurns([
    () => press(18101, ["cookie: s=bench", "content-type: application/x-www-form-urlencoded"], bareMoves),
    () => press(18102, many.api, moves(many)),
  ]);
  say("One status change, 16 clients, full sync", "≥ 25 % of bare", `${Math.round((100 * move.per_second) / bareMove.per_second)} %: ${per(move)}; bare ${per(bareMove)}`, move.per_second >= 0.25 * bareMove.per_second);
  say("p99 of a status change", "< 60 ms", `${(move.p99_us / 1000).toFixed(1)} ms`, move.p99_us < 60_000);
  const [listFew, listMany] = inTurns([() => press(18103, [few.cookie], ["GET /engagements"]), () => press(18102, [many.cookie], ["GET /engagements"])]);
  say("List of engagements, 1,000 stored against 10", "≤ 1.5 × the cost", `${(listFew.per_second / listMany.per_second).toFixed(2)} ×: ${per(listMany)}; with 10 ${per(listFew)}`, listFew.per_second <= 1.5 * listMany.per_second);
  const [openFew, openMany] = inTurns([() => press(18103, [few.cookie], [`GET /engagements/${few.engagements[0]}`]), () => press(18102, [many.cookie], [`GET /engagements/${many.engagements[0]}`])]);
  say("Opening one engagement, 1,000 stored against 10", "≤ 1.5 × the cost", `${(openFew.per_second / openMany.per_second).toFixed(2)} ×: ${per(openMany)}`, openFew.per_second <= 1.5 * openMany.per_second);
  const preview = `POST /api/v1/engagements/preview ${JSON.stringify(await crowd(few, "mobilize-onboarding", 20))}`;
  press(18103, few.api, [preview], 1);
  const before = cpuMillis(few.child.pid);
  const previewed = press(18103, few.api, [preview], 1);
  const cpu = (cpuMillis(few.child.pid) - before) / (previewed.per_second * SECONDS);
  say("Preview of the built-in kit for 20 people over the API, CPU of each", "< 20 ms", `${cpu.toFixed(1)} ms; ${Math.round(previewed.bytes / 1024)} kB of JSON`, cpu < 20);
  const wide = await ask(few, "/engagements", await crowd(few, "wide", 40));
  const [grid] = inTurns([() => press(18103, [few.cookie], [`GET /engagements/${wide.id}/access`], 1)]);
  say(`Grid of access, 40 people by ${RESOURCES} resources, one client`, "< 30 ms", per(grid), grid.p50_us < 30_000);
  for (const it of [many, few]) await stop(it.child);

  const empty = join(work, "empty");
  run("mkdir", ["-p", empty]);
  const first = await serve(tminus, ["serve", "--data", empty, "--listen", "127.0.0.1:18104"], "http://127.0.0.1:18104/sign-in");
  await stop(first.child);
  const again = [];
  for (let round = 0; round < 5; round++) {
    const started = await serve(tminus, ["serve", "--data", empty, "--listen", "127.0.0.1:18104"], "http://127.0.0.1:18104/sign-in");
    again.push(started.millis);
    if (round === 4) {
      await sleep(1000);
      say("Idle memory", "< 60 MB", `${resident(started.child.pid).toFixed(0)} MB`, resident(started.child.pid) < 60);
    }
    await stop(started.child);
  }
  say("Start to first page", "< 200 ms", `${median(again).toFixed(0)} ms; with an empty database to make, ${first.millis.toFixed(0)} ms`, median(again) < 200);

  const templates = join(root, "../shared/kits/templates");
  const begun = performance.now();
  run(tminus, ["kit", "inspect", templates, "--json"], { stdio: ["ignore", "pipe", "pipe"], shell: false });
  const read = performance.now() - begun;
  const importing = join(work, "import");
  run("mkdir", ["-p", importing]);
  run(tminus, ["person", "add", "Ann", "ann@example.com", "--first", "--data", importing, "--password-stdin"], { input: "correct horse battery\n" });
  const start = performance.now();
  run(tminus, ["kit", "import", templates, "--data", importing]);
  const took = performance.now() - start;
  say("Importing all public templates (321 modules), from the command line", "< 1 s", `${(took / 1000).toFixed(2)} s, of which reading ${(read / 1000).toFixed(2)} s`, took < 1000);

  const text = `# Benchmarks

Measured by \`make bench\` beside a bare server (\`benches/\`: axum, rusqlite with prepared statements, askama) that reads and renders the same
rows and makes the same kind of change at the same sync. ${ROUNDS} rounds in turns, medians; ${CLIENTS} clients, ${SECONDS} s each; ${MANY} engagements of ${ITEMS} items.
Machine: ${cpus().length} × ${cpus()[0].model.trim()}. Absolute figures are this machine's; ratios travel.

| what | bound | measured | met |
|---|---|---|---|
${lines.join("\n")}
${readNotes()}`;
  if (!quick) writeFileSync(join(root, "docs/benchmarks.md"), text);
  console.log(text);
} finally {
  for (const child of running) if (child.exitCode === null) child.kill("SIGKILL");
  rmSync(work, { recursive: true, force: true });
}

/** What is written by hand below the table stays. */
function readNotes() {
  try {
    const [, notes] = readFileSync(join(root, "docs/benchmarks.md"), "utf8").split(/^## /m, 2);
    return notes ? `\n## ${notes}` : "";
  } catch {
    return "";
  }
}
