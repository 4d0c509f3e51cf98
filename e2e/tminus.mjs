// The built program on a free port, over a data folder of its own.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
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

/** Starts Tminus with the sample practice, and lets it send its mail to `mail` of `mail.mjs`. `signIn` is given its address and gives the
    providers of `openid.mjs` that let people in. `stop` ends it and throws its data away. */
export async function startTminus({ mail, signIn } = {}) {
  if (!existsSync(program)) throw new Error(`${program} is not there: make e2e builds it`);
  const data = await mkdtemp(join(tmpdir(), "tminus-e2e-"));
  const address = `127.0.0.1:${mail || signIn ? await freePort() : 0}`;
  const options = ["--data", data, "--listen", address];
  if (mail || signIn) options.push("--public-url", `http://${address}`);
  if (mail) options.push("--mail-server", `smtp+plain://127.0.0.1:${mail.port}`, "--mail-from", "Tminus <tminus@example.com>");
  if (signIn) options.push("--sign-in", await written(data, await signIn(`http://${address}`)));
  const log = [];
  let { server, url } = await serve([...options, "--sample", "--sample-password", password], log);
  const stopServer = async () => {
    if (server.exitCode !== null) return;
    server.kill("SIGTERM");
    await once(server, "exit");
  };
  return {
    url,
    log,
    /** Runs a command over the same data and gives what it prints, read as JSON. */
    command: async (...words) => JSON.parse((await run(program, [...words, "--data", data, "--json"])).stdout),
    /** Stops it and starts it again, with the same data at the same address. */
    restart: async () => {
      await stopServer();
      ({ server } = await serve(options, log));
    },
    stop: async () => {
      await stopServer();
      await rm(data, { recursive: true, force: true });
      const panics = log.filter((line) => /panicked at/.test(line));
      if (panics.length > 0) throw new Error(`Tminus panicked:\n${log.join("\n")}`);
    },
  };
}

/** What Tminus is told of the providers, in a file. */
async function written(data, providers) {
  await writeFile(join(data, "secret"), `${providers[0].secret}\n`);
  const file = join(data, "sign-in.toml");
  await writeFile(file, providers.map((provider) => provider.file("secret")).join("\n"));
  return file;
}

/** Starts the program, and waits until it says where it serves. */
async function serve(options, log) {
  // Journeys say what happens: nothing goes on by itself.
  const server = spawn(program, ["serve", "--no-digests", ...options], { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env.PATH, NO_COLOR: "1" } });
  const url = await new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error(`Tminus did not start:\n${log.join("\n")}`)), startMs);
    createInterface(server.stderr).on("line", (line) => {
      log.push(line);
      const said = /serves (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
      if (said) (clearTimeout(late), found(said[1]));
    });
    server.once("exit", (code) => failed(new Error(`Tminus ended with ${code}:\n${log.join("\n")}`)));
  });
  return { server, url };
}
