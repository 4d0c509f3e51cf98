// A real mail server that keeps what it gets, for journeys that go through a mailbox.
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const patience = 20_000;

/** `next(address, subject)` waits for the next letter to an address with such a subject: its subject, text and html. */
export async function startMail() {
  const letters = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, { envelope }, done) {
      simpleParser(stream).then(({ subject, text, html }) => {
        letters.push({ to: envelope.rcptTo.map(({ address }) => address), subject, text, html });
        done();
      }, done);
    },
  });
  smtp.listen(0, "127.0.0.1");
  await once(smtp.server, "listening");
  return {
    port: smtp.server.address().port,
    next: async (address, subject) => {
      for (const until = Date.now() + patience; Date.now() < until; await pause(50)) {
        const at = letters.findIndex((letter) => letter.to.includes(address) && subject.test(letter.subject));
        if (at >= 0) return letters.splice(at, 1)[0];
      }
      throw new Error(`no letter ${subject} came for ${address}; there are: ${letters.map(({ to, subject }) => `${to}: ${subject}`).join(", ") || "none"}`);
    },
    /** Throws away what came so far. */
    forget: () => letters.splice(0),
    stop: () => new Promise((stopped) => smtp.close(stopped)),
  };
}
