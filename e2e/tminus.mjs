// The built program on a free port, over a data folder of its own.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const program = resolve(process.env.TMINUS_BIN ?? "target/debug/tminus");
const run = promisify(execFile);
/** How long the program may take to say that it serves, with the sample filled in by a build that is not optimised. */
const startMs = 60_000;

export const password = "a sample to look around";

/** A port that nothing listens on. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts Tminus with the sample practice, and lets it send its mail to `mail` of `mail.mjs`. `stop` ends it and throws its data away. */
export async function startTminus({ mail } = {}) {
  if (!existsSync(program)) throw new Error(`${program} is not there: make e2e builds it`);
  const data = await mkdtemp(join(tmpdir(), "tminus-e2e-"));
  const address = `127.0.0.1:${mail ? await freePort() : 0}`;
  const letters = mail ? ["--public-url", `http://${address}`, "--mail-server", `smtp+plain://127.0.0.1:${mail.port}`, "--mail-from", "Tminus <tminus@example.com>"] : [];
  // Journeys say what happens: nothing goes on by itself.
  const server = spawn(program, ["serve", "--no-digests", "--data", data, "--listen", address, "--sample", "--sample-password", password, ...letters], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
  });
  const log = [];
  const url = await new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error(`Tminus did not start:\n${log.join("\n")}`)), startMs);
    createInterface(server.stderr).on("line", (line) => {
      log.push(line);
      const said = /serves (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
      if (said) (clearTimeout(late), found(said[1]));
    });
    server.once("exit", (code) => failed(new Error(`Tminus ended with ${code}:\n${log.join("\n")}`)));
  });
  return {
    url,
    log,
    /** Runs a command over the same data and gives what it prints, read as JSON. */
    command: async (...words) => JSON.parse((await run(program, [...words, "--data", data, "--json"])).stdout),
    stop: async () => {
      if (server.exitCode === null) {
        server.kill("SIGTERM");
        await once(server, "exit");
      }
      await rm(data, { recursive: true, force: true });
      const panics = log.filter((line) => /panicked at/.test(line));
      if (panics.length > 0) throw new Error(`Tminus panicked:\n${log.join("\n")}`);
    },
  };
}
