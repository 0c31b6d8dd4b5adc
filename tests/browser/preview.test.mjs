// The preview: what somebody sees in an open page while they write.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import { program, start } from "./site.mjs";

const manifest = `title: Small
description: A small project.
guides:
  - id: guide
    title: Guide
    summary: All of it.
    parts: [{title: Part, patterns: [one]}]
`;
const pattern = `id: one
title: One
summary: The first summary.
answer: |
${"  A long text, so that there is something to scroll.\n\n".repeat(60)}
examples:
  - id: config
    title: Config
    language: json
    code: |
      {"a": 1}
`;

let site, project, server, address, page;

before(async () => {
  site = await start();
  project = mkdtempSync(join(tmpdir(), "preview-test-"));
  mkdirSync(join(project, "patterns"));
  writeFileSync(join(project, "patternbook.yaml"), manifest);
  save(pattern);
  server = spawn(program, ["serve", "--port", "0"], { cwd: project, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) {
    address = /http:\/\/[\d.:]+\//.exec(line)?.[0];
    if (address) break;
  }
  server.stdout.resume();
});

after(async () => {
  await site.close();
  server.kill();
  rmSync(project, { recursive: true });
});

function save(text) {
  writeFileSync(join(project, "patterns/one.yaml"), text);
}

/** Opens the page, waits until it can be changed, and leaves a mark that loading anew would take away. */
async function open() {
  save(pattern);
  page = await (await site.context()).newPage();
  const listens = page.waitForRequest(/_preview\/news/);
  await page.goto(`${address}guide/one.html`);
  await listens;
  await shows("The first summary.");
  await page.evaluate(() => { window.isMarked = true; });
}

/** Waits until the page shows a text. */
function shows(text) {
  return page.waitForFunction((text) => document.querySelector("main")?.textContent.includes(text), text);
}

const isMarked = () => page.evaluate(() => window.isMarked === true);

test("words change where they are, and the page stays where it was", async () => {
  await open();
  await page.evaluate(() => scrollTo({ top: 600, behavior: "instant" }));
  save(pattern.replace("The first summary.", "Other words, and `code` in them."));
  await shows("Other words, and code in them.");
  assert.ok(await isMarked(), "the page was loaded anew");
  const moved = Math.abs(await page.evaluate(() => scrollY) - 600);
  assert.ok(moved < 30, `the page moved by ${moved} pixels`);
  save(pattern.replace("The first summary.", "Words again."));
  await shows("Words again.");
  assert.ok(await isMarked(), "the page was loaded anew by the second change");
});

test("where more than words changes, the page is loaded anew and works", async () => {
  await open();
  save(pattern.replace('{"a": 1}', '{"a": 1, "b": 2}').replace("title: Config", "title: New config"));
  await shows('"b": 2');
  await page.waitForFunction(() => window.isMarked === undefined);
  await page.getByRole("button", { name: "Copy", exact: true }).first().waitFor();
});

test("a page that shows what is no longer sent is not patched", async () => {
  await open();
  // The page is changed while nobody listens, so the next change has another ground.
  await page.evaluate(() => { document.querySelector("main").firstElementChild.remove(); });
  save(pattern.replace("The first summary.", "Words on another ground."));
  await shows("Words on another ground.");
  assert.ok(!await isMarked(), "the page was changed where it is");
  const texts = await page.evaluate(() => document.querySelector("main").textContent.split("Words on another ground.").length - 1);
  assert.equal(texts, 1);
});

test("what is wrong shows until it is mended, and the page stays", async () => {
  await open();
  save(pattern.replace("language: json", "languages: json"));
  const panel = page.getByRole("alert");
  await panel.waitFor();
  assert.match(await panel.textContent(), /languages/);
  assert.ok(await isMarked(), "the page was loaded anew");
  save(pattern);
  await panel.waitFor({ state: "detached" });
});
