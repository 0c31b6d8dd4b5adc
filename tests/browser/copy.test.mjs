// What a copy button puts on the clipboard can be run, or stored, as it is.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { assertNone, pages, read, start, types, visitAll } from "./site.mjs";

let site;
let tab;
before(async () => { site = await start(); });
after(() => site.close());
beforeEach(async () => {
  const context = await site.context({ permissions: ["clipboard-read", "clipboard-write"] });
  tab = await context.newPage();
  // A button says for two seconds how it went. Here time stands still until a test lets it go on.
  await tab.clock.install({ time: 0 });
  await tab.clock.pauseAt(1000);
});

/** What is on the clipboard after a click on a button, whose tab is opened first if it stands in one. */
async function copied(button) {
  await button.evaluate((button) => document.querySelector(`[aria-controls="${button.closest(".tab")?.id}"]`)?.click());
  await tab.evaluate(() => navigator.clipboard.writeText("what was there before"));
  await button.click();
  await button.filter({ hasText: /^Copied$/ }).waitFor();
  return tab.evaluate(() => navigator.clipboard.readText());
}

const button = (figure) => figure.locator("button.copy");

test("every file is copied byte for byte", async () => {
  const findings = [];
  let files = 0;
  for (const path of pages.filter((path) => /class="open"[^>]* download>/.test(read(path)))) {
    await tab.goto(`/${path}`);
    for (const figure of await tab.locator("figure.code:has(a.open[download])").all()) {
      const address = await figure.locator("a.open[download]").evaluate((link) => new URL(link.href).pathname);
      const file = read(decodeURIComponent(address)).toString();
      const text = await copied(button(figure));
      files += 1;
      if (text !== file) findings.push(`${path}: ${address}: ${text.length} characters were copied, the file has ${file.length}`);
    }
  }
  assertNone(findings);
  assert.ok(files > 50, `only ${files} files have a button`);
});

test("of a console session the commands are copied, without prompts and output", async () => {
  const path = pages.find((path) => read(path).includes('data-language="console"'));
  await tab.goto(`/${path}`);
  const session = tab.locator('figure.code:has([data-language="console"])').first();
  const shown = (await session.locator("code").textContent()).split("\n");
  const commands = shown.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
  assert.ok(commands.length > 0 && commands.length < shown.length, `a session of commands and output on ${path}: ${shown}`);
  assert.equal(await copied(button(session)), commands.join("\n"));
});

test("other code is copied as it is shown", async () => {
  await tab.goto("/connect/headers-helper.html");
  const figure = tab.locator("figure.code:has([data-language=json])").first();
  const text = await copied(button(figure));
  assert.equal(text, await figure.locator("code").textContent());
  assert.doesNotThrow(() => JSON.parse(text), "the configuration can be stored as it is");
});

test("every code has a button, and that of a don’t warns", async () => {
  const context = await site.context();
  const donts = pages.filter((path) => /class="code dont"/.test(read(path)));
  assertNone(await visitAll(context, [...types, ...donts.slice(0, 10)], async (tab, path) => {
    await tab.goto(`/${path}`);
    return tab.locator("figure.code").evaluateAll((figures) => figures.flatMap((figure) => {
      const button = figure.querySelector("button.copy");
      const name = button?.getAttribute("aria-label") ?? button?.textContent;
      const expected = figure.classList.contains("dont") ? "Copy anyway: this code shows what not to do" : "Copy";
      const code = figure.querySelector("code").textContent.slice(0, 40);
      return name === expected ? [] : [`the button of “${code}” is named ${name}`];
    }));
  }));
});

test("a don’t says so on its button, and is copied all the same", async () => {
  await tab.goto("/connect/headers-helper.html");
  const figure = tab.locator("figure.code.dont").first();
  assert.equal(await button(figure).textContent(), "Copy anyway");
  assert.equal(await copied(button(figure)), await figure.locator("code").textContent());
  assert.equal(await button(figure).textContent(), "Copied");
  await tab.clock.runFor(2000);
  assert.equal(await button(figure).textContent(), "Copy anyway", "after two seconds");
});

test("a page is copied as Markdown", async () => {
  await tab.goto("/connect/headers-helper.html");
  const text = await copied(tab.locator(".page-tools button"));
  assert.equal(text, read("connect/headers-helper.md").toString());
});

test("the button says when nothing was copied", async () => {
  await tab.goto("/connect/headers-helper.html");
  await tab.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("refused")); });
  const refused = button(tab.locator("figure.code").first());
  await refused.click();
  await refused.filter({ hasText: /^Not copied$/ }).waitFor();
  assert.equal(await tab.getByRole("status").filter({ hasText: "Not copied" }).count(), 1, "it is said aloud as well");
});
