// How long it takes from saving a pattern until its page in a browser shows the change:
//
//     node benches/site/live.mjs target/release/patternbook [EDITS]
//
// Needs the packages of the tests in a browser (`tests/browser/run` installs them) and Chromium.

import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const parts = ["patternbook.yaml", "choose.yaml", "ledger.json", "patterns", "book", "templates", "contracts", "labs", "schema"];
const pattern = "patterns/helpers/headers-helper.yaml";
const address = "connect/headers-helper.html";

const [program, edits = "20"] = process.argv.slice(2);
if (!program) throw new Error("usage: live.mjs PROGRAM [EDITS]");

const project = await mkdtemp(join(tmpdir(), "live-bench-"));
let server, browser;
try {
  for (const part of parts) await cp(join(root, part), join(project, part), { recursive: true });
  server = spawn(resolve(program), ["serve", "--port", "0"], { cwd: project, stdio: ["ignore", "pipe", "inherit"] });
  const site = await addressOf(server);
  const { chromium } = createRequire(join(root, "tests/browser/package.json"))("playwright-core");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  const times = await measure(browser, site);
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  console.log(`${times.length} edits: median ${at(0.5)} ms, fastest ${times[0]} ms, 9 of 10 within ${at(0.9)} ms`);
} finally {
  await browser?.close();
  server?.kill();
  await rm(project, { recursive: true, force: true });
}

/** Waits until the preview says where it is. */
async function addressOf(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const found = /http:\/\/[\d.:]+\//.exec(line);
    if (found) return found[0];
  }
  throw new Error("the preview ended");
}

/** Changes the summary again and again, and notes when the page shows each. */
async function measure(browser, site) {
  const page = await browser.newPage();
  let shown = () => {};
  await page.exposeFunction("tellShown", (text) => shown(text));
  await page.addInitScript(() => {
    // The second frame begins when the first, which has the change in it, was drawn.
    const afterDrawing = (tell) => requestAnimationFrame(() => requestAnimationFrame(tell));
    const tell = () => afterDrawing(() => tellShown(document.querySelector("main").textContent));
    addEventListener("DOMContentLoaded", () => {
      tell();
      // The preview changes words in place where it can.
      new MutationObserver(tell).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
    });
  });
  await page.goto(site + address);
  const file = join(project, pattern);
  const text = await readFile(file, "utf8");
  const times = [];
  for (let number = 0; number < Number(edits); number++) {
    // The check of the edit before comes after its page: let it end.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const mark = `edit number ${number} `;
    const seen = new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`the page never showed "${mark}"`)), 10_000);
      shown = (text) => {
        if (!text.includes(mark)) return;
        clearTimeout(limit);
        resolve(Date.now());
      };
    });
    const started = Date.now();
    await writeFile(file, text.replace("\nsummary: ", `\nsummary: ${mark}`));
    times.push((await seen) - started);
  }
  return times;
}
