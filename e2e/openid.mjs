// A real OpenID provider for journeys that sign in with one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const secret = "a secret that both sides know";

/** Starts a provider that knows these people and the Tminus at `url`. `file` is what Tminus is told of it, as TOML. */
export async function startOpenid(url, { id = "acme", title = "Acme", people, more = "" }) {
  const client = {
    client_id: "tminus",
    client_secret: secret,
    redirect_uris: [`${url}/sign-in/from/${id}`],
    post_logout_redirect_uris: [`${url}/sign-in`],
    scope: "openid email profile groups",
    backchannel_logout_uri: `${url}/sign-in/out/${id}`,
    backchannel_logout_session_required: true,
  };
  const process = spawn("node", ["tools/openid-provider.mjs", JSON.stringify({ clients: [client], people })], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface(process.stdout);
  const [port] = await once(lines, "line");
  return {
    issuer: `http://127.0.0.1:${port}`,
    file: (secretFile) => `[[provider]]
id = "${id}"
title = "${title}"
issuer = "http://127.0.0.1:${port}"
client_id = "tminus"
client_secret_file = "${secretFile}"
domains = ["example.com"]
${more}`,
    secret,
    stop: async () => {
      process.kill();
      await once(process, "exit");
    },
  };
}

/** Types a name and agrees at the provider; ends where it sends the browser back to. */
export async function signInThere(page, name) {
  await page.locator("[name=login]").fill(name);
  await page.locator("[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}
