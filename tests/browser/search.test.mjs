// Search leads from what a reader sees to the page that mends it, by keyboard alone.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { assertNone, chapters, read, start } from "./site.mjs";

let site;
let tab;
let requests;
before(async () => { site = await start(); });
after(() => site.close());
beforeEach(async () => {
  const context = await site.context();
  tab = await context.newPage();
  requests = [];
  tab.on("request", (request) => requests.push(new URL(request.url()).pathname));
  await tab.goto("/index.html");
});

const INDEX = "/search-index.json";
const box = () => tab.getByRole("combobox", { name: "Search" });
const option = () => tab.getByRole("option");
const results = () => tab.locator("#pb-search .results");

/** Opens search as a reader does, and types; the results of exactly this text are there then. */
async function search(words) {
  if (!await box().evaluate((input) => input === document.activeElement)) await tab.keyboard.press("/");
  await box().fill(words);
  await tab.waitForFunction(() => /found/i.test(document.querySelector("#pb-search .status").textContent));
}

/** The texts of errors, as the headings below "When it fails" have them, each with its pages. */
async function errorTexts() {
  const texts = new Map();
  const parser = await tab.context().newPage();
  for (const path of chapters) {
    const headings = await parser.evaluate((html) => {
      const page = new DOMParser().parseFromString(html, "text/html");
      const found = [];
      let at = page.querySelector("h2#when-it-fails")?.nextElementSibling;
      for (; at && at.localName !== "h2"; at = at.nextElementSibling) {
        if (at.localName !== "h3") continue;
        at.querySelector(".anchor")?.remove();
        found.push({ id: at.id, text: at.textContent });
      }
      return found;
    }, read(path).toString());
    for (const { id, text } of headings) texts.set(text, [...(texts.get(text) ?? []), `/${path}#${id}`]);
  }
  await parser.close();
  return texts;
}

test("the text of every error leads to a page that mends it", async () => {
  const texts = await errorTexts();
  assert.ok(texts.size > 100, `only ${texts.size} errors are on the pages`);
  const findings = [];
  for (const [text, places] of texts) {
    await search(text);
    const first = await option().evaluateAll((links) => links.slice(0, 3).map((link) => decodeURI(link.pathname + link.hash)));
    if (!places.some((place) => first.includes(place))) findings.push(`“${text}” of ${places[0]} leads to: ${first.join(", ") || "nothing"}`);
  }
  assertNone(findings);
});

test("an error with names of the reader's own leads there too", async () => {
  const pasted = {
    "Missing environment variables: GITHUB_TOKEN": "/connect/debug-missing-token.html",
    "Error: connect ECONNREFUSED 127.0.0.1:3000": "/server/local-http-server.html",
    "403 Invalid Host: mcp.example.org": "/server/protected-resource-metadata.html",
    "Plugin option \"github_pat\" isn't set": "/connect/debug-missing-token.html",
    "'invalid_grant'": "/server/token-refresh.html",
  };
  const findings = [];
  for (const [text, page] of Object.entries(pasted)) {
    await search(text);
    const found = await option().evaluateAll((links) => links.map((link) => link.pathname));
    if (![...new Set(found)].slice(0, 3).includes(page)) findings.push(`“${text}” leads to: ${found.join(", ") || "nothing"}`);
  }
  assertNone(findings);
  await search("Plugin option \"github_pat\" isn't set");
  assert.match(await tab.locator("#pb-search [role=status]").textContent(), /^No page has all of these words; \d+ pages? found with some$/);
});

test("a reader's own words lead to the page that answers them", async () => {
  const asked = {
    "DCR": "/server/client-registration.html",
    "which auth do I need": "/connect/choose-client-auth.html",
    "i committed my token to github": "/connect/migrate-hardcoded-token.html",
  };
  const findings = [];
  for (const [text, page] of Object.entries(asked)) {
    await search(text);
    const found = await option().evaluateAll((links) => links.map((link) => link.pathname));
    if (![...new Set(found)].slice(0, 3).includes(page)) findings.push(`“${text}” leads to: ${found.join(", ") || "nothing"}`);
  }
  assertNone(findings);
});

test("the words of a page's address lead to the page", async () => {
  const patterns = chapters.filter((path) => /^(connect|server|oauth)\/(?!index)/.test(path));
  assert.ok(patterns.length > 50, `only ${patterns.length} patterns have a page`);
  const findings = [];
  for (const path of patterns) {
    const words = path.split("/").pop().replace(".html", "").replaceAll("-", " ");
    await search(words);
    const first = await option().first().evaluate((link) => link.pathname);
    if (first !== `/${path}`) findings.push(`“${words}” leads to ${first}`);
  }
  assertNone(findings);
});

test("a result shows its page and its heading", async () => {
  await search("Server rejected the configured Authorization header");
  const group = tab.getByRole("group").filter({ has: option() }).first();
  const page = await group.getAttribute("aria-label");
  const title = await group.locator("strong").first().textContent();
  assert.equal(title, "Server rejected the configured Authorization header (HTTP 401)");
  assert.equal(await group.locator(".page").textContent(), page, "the page stands above its headings");
  await option().first().click();
  await tab.waitForURL(/#server-rejected/);
  assert.equal(await tab.locator("h1").textContent(), page);
});

test("a slash opens search, and stays a slash where somebody types", async () => {
  await tab.keyboard.press("/");
  assert.ok(await box().evaluate((input) => input === document.activeElement), "the box has the focus");
  assert.equal(await box().inputValue(), "");
  await tab.keyboard.type("a/b");
  assert.equal(await box().inputValue(), "a/b");
});

test("arrow keys choose and Enter opens", async () => {
  await search("invalid_grant");
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("ArrowUp");
  const second = option().nth(1);
  assert.equal(await second.getAttribute("aria-selected"), "true");
  assert.equal(await tab.getByRole("option", { selected: true }).count(), 1);
  assert.equal(await box().getAttribute("aria-activedescendant"), await second.getAttribute("id"));
  const address = await second.evaluate((link) => link.href);
  await tab.keyboard.press("Enter");
  await tab.waitForURL(address);
});

test("Enter without a choice opens the first result", async () => {
  await search("invalid_grant");
  const address = await option().first().evaluate((link) => link.href);
  await tab.keyboard.press("Enter");
  await tab.waitForURL(address);
});

test("Escape closes the results and keeps the words and the focus", async () => {
  await search("invalid_grant");
  assert.equal(await results().isVisible(), true);
  assert.equal(await box().getAttribute("aria-expanded"), "true");
  await tab.keyboard.press("Escape");
  assert.equal(await results().isVisible(), false);
  assert.equal(await box().getAttribute("aria-expanded"), "false");
  assert.equal(await box().inputValue(), "invalid_grant");
  assert.ok(await box().evaluate((input) => input === document.activeElement));
});

test("the index is asked for at the first use, and once", async () => {
  await tab.waitForLoadState("networkidle");
  await tab.mouse.wheel(0, 2000);
  assert.deepEqual(requests.filter((path) => path === INDEX), [], "before the first use");
  await search("token");
  await search("invalid_grant");
  assert.deepEqual(requests.filter((path) => path === INDEX), [INDEX]);
});

test("what nobody wrote is not found, and that is said", async () => {
  await search("xyzzy-plugh");
  assert.equal(await option().count(), 0);
  assert.match(await tab.locator("#pb-search [role=status]").textContent(), /^Nothing found/);
});

test("markup that is typed or found stays text", async () => {
  await search("<img");
  await search("<b>token</b>");
  assert.equal(await results().locator("img, b, script").count(), 0);
});

test("a page that is not there, in whatever folder, has its style, search, and ways on", async () => {
  const response = await tab.goto("/no/such/page.html");
  assert.equal(response.status(), 404);
  assert.equal(await tab.evaluate(() => getComputedStyle(document.body).margin), "0px", "it has its style");
  const ways = await tab.locator("main a[href$='.html']").evaluateAll((links) => links.map((link) => link.pathname));
  for (const way of ["/index.html", "/choose.html", "/symptoms.html"]) assert.ok(ways.includes(way), `${way} in ${ways}`);
  await tab.getByRole("link", { name: "search for it" }).click();
  assert.ok(await box().evaluate((input) => input === document.activeElement), "the words lead into the box");
  await search("debug 401");
  const address = await option().first().evaluate((link) => link.href);
  await tab.keyboard.press("Enter");
  await tab.waitForURL(address);
  assert.match(await tab.locator("h1").textContent(), /401/);
});
