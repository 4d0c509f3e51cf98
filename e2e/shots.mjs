// A picture of every page in e2e/shots: light, dark, on a phone, on paper. README's own go to docs/shots.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { desk, openBrowser, openPage, phone, signIn } from "./browser.mjs";
import { pages } from "./pages.mjs";
import { manager, sampleOf } from "./sample.mjs";
import { startTminus } from "./tminus.mjs";

const shots = "e2e/shots";
/** 794 × 1123 CSS pixels are A4. */
const paper = { width: 794, height: 1123 };
const ways = {
  light: { scheme: "light", size: desk },
  dark: { scheme: "dark", size: desk },
  phone: { scheme: "light", size: phone },
  print: { scheme: "light", size: paper },
};
const forReadme = { "countdown-light": "countdown", "checklist-item-light": "checklist", "checklist-dark": "checklist-dark", "mine-phone": "mine-phone", "access-light": "access" };

const server = await startTminus();
const browser = await openBrowser();
try {
  await rm(shots, { recursive: true, force: true });
  await mkdir(shots, { recursive: true });
  await mkdir("docs/shots", { recursive: true });
  const list = pages(await sampleOf(server));
  for (const [way, options] of Object.entries(ways)) {
    const stranger = await openPage(browser, server, options);
    const page = await openPage(browser, server, options);
    await signIn(page, manager);
    for (const { name, path, anyone } of list) {
      const there = anyone ? stranger : page;
      if (way === "print") await there.emulateMedia({ media: "print" });
      await there.goto(path);
      const place = `${shots}/${name}-${way}.png`;
      const readme = forReadme[`${name}-${way}`];
      await there.screenshot({ path: place, fullPage: !readme, timeout: 30_000, animations: "disabled", caret: "hide" });
      if (readme) await copyFile(place, `docs/shots/${readme}.png`);
      console.log(place);
    }
    await page.context().close();
    await stranger.context().close();
  }
} finally {
  await browser.close();
  await server.stop();
}
