// A real OpenID provider for tests: node tools/openid-provider.mjs '{"port": 0, "clients": […], "people": {"ann": {claims}}, "inToken": true}'
// Its first line of output is its port. Whoever signs in types one of the people's names, and any password.
// Lines on its standard input: "forget NAME" takes a person away, "rotate" signs with a new key from then on. It ends when its standard input does.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const { port = 0, clients, people, inToken = true } = JSON.parse(process.argv[2]);

// What it says in the log of its own setup is not for whoever reads our first line.
for (const level of ["info", "warn"]) console[level] = () => {};

const key = (kid) => ({ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" });

let provider;
let keys = 0;
const listener = createServer((request, response) => provider.callback()(request, response));

const set = () => {
  keys += 1;
  provider = new Provider(`http://127.0.0.1:${listener.address().port}`, {
    clients,
    jwks: { keys: [key(`key-${keys}`)] },
    scopes: ["openid", "email", "profile", "groups"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "zoneinfo"], groups: ["groups"] },
    conformIdTokenClaims: !inToken,
    cookies: { keys: ["a key for tests"] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
    // It refuses to ask machines of its own network, which is where tests are.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    findAccount: (_, name) => people[name] && { accountId: name, claims: () => ({ sub: name, ...people[name] }) },
  });
  for (const failed of ["server_error", "backchannel.error"]) provider.on(failed, (_, error) => console.error(error));
};

listener.listen(port, "127.0.0.1", () => {
  set();
  console.log(listener.address().port);
});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [what, name] = line.split(" ");
    if (what === "forget") delete people[name];
    if (what === "rotate") set();
    console.log("done");
  })
  .on("close", () => process.exit(0));
