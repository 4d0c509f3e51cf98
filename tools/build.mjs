// Bundles what the pages need into crates/pages/dist, where the binary embeds it:
// one style sheet, one script, the icons and the font, each under the hash of its content and, if it is text,
// also as brotli and gzip. dist/manifest.tsv names them, one a line: name, file, type, encodings.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const assets = "crates/pages/assets";
const dist = "crates/pages/dist";
const types = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

await build({
  entryPoints: [join(assets, "ts/main.ts"), join(assets, "css/main.css")],
  outdir: dist,
  publicPath: "/assets",
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox127", "safari17.5"],
  loader: { ".woff2": "file" },
  legalComments: "none",
  logLevel: "warning",
});

for (const drawing of ["icons.svg", "favicon.svg"]) {
  const text = (await readFile(join(assets, drawing), "utf8")).replace(/<!--.*?-->/gs, "").replace(/>\s+</g, "><").trim();
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  await writeFile(join(dist, drawing.replace(".svg", `-${hash}.svg`)), text);
}

const lines = [];
let first = 0;
for (const file of (await readdir(dist)).sort()) {
  const whole = await readFile(join(dist, file));
  const name = file.replace(/-[0-9A-Z]{8}(?=\.)/, "");
  let sent = whole.length;
  let encodings = "";
  if (extname(file) !== ".woff2") {
    const br = brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: whole.length } });
    await writeFile(join(dist, `${file}.br`), br);
    await writeFile(join(dist, `${file}.gz`), gzipSync(whole, { level: 9 }));
    sent = br.length;
    encodings = "br,gz";
  }
  first += sent;
  lines.push([name, file, types[extname(file)], encodings].join("\t"));
  console.log(`${String(sent).padStart(7)}  ${file}`);
}
console.log(`${String(first).padStart(7)}  bytes on the first visit, without the page itself`);
await writeFile(join(dist, "manifest.tsv"), `${lines.join("\n")}\n`);

// The page itself is some 12 kB; together they must stay under 120 kB.
if (first > 106_000) {
  console.error(`The first visit costs ${first} bytes. At most 106000 are allowed: take something out.`);
  process.exit(1);
}
