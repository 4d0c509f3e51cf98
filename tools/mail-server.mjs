// A real mail server for tests: node tools/mail-server.mjs '{"key": PEM, "cert": PEM, "port": 0, "tls": "starttls" | "always" | "none", "user": …, "password": …}'
// Its first line of output is its port; each further one a letter that it took, as JSON.
// Letters to refused@… get a 550, to later@… a 451. It ends when its standard input does.
import { SMTPServer } from "smtp-server";

const { key, cert, port = 0, tls = "starttls", user, password } = JSON.parse(process.argv[2]);

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

const server = new SMTPServer({
  key,
  cert,
  secure: tls === "always",
  hideSTARTTLS: tls !== "starttls",
  allowInsecureAuth: tls === "none",
  authOptional: !user,
  onAuth({ username, password: given }, session, done) {
    if (username === user && given === password) done(null, { user });
    else done(refusal(535, "Authentication credentials invalid"));
  },
  onMailFrom(address, session, done) {
    done(tls === "none" || session.secure ? null : refusal(530, "Must issue a STARTTLS command first"));
  },
  onRcptTo({ address }, session, done) {
    if (address.startsWith("refused@")) done(refusal(550, "5.1.1 No such mailbox"));
    else if (address.startsWith("later@")) done(refusal(451, "4.3.2 Try again later"));
    else done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      console.log(JSON.stringify({ from: mailFrom.address, to: rcptTo.map(({ address }) => address), secure: session.secure, text: Buffer.concat(parts).toString() }));
      done();
    });
  },
});

server.on("error", (error) => {
  if (error.code === "EADDRINUSE") throw error;
});
server.listen(port, "127.0.0.1", () => console.log(server.server.address().port));
process.stdin.resume().on("end", () => process.exit(0));
