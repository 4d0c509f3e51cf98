// The sample practice with a mail server that it sends to, and a browser, for one file of tests.
import { after } from "node:test";
import { openBrowser } from "./browser.mjs";
import { startMail } from "./mail.mjs";
import { sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

export async function practiceWithMail() {
  const mail = await startMail();
  const server = await startTminus({ mail });
  const browser = await openBrowser();
  after(async () => {
    await browser.close();
    await server.stop();
    await mail.stop();
  });
  return { mail, server, browser, sample: await sampleOf(server) };
}
