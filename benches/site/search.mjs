// Puts the same queries to several searches, as a reader pastes them: bytes and time of the first query, time of later ones,
// and the rank of the page that answers.
//
//     node search.mjs SETTINGS.json > RESULTS.json
//
// SETTINGS: { packages, browser, queries, sites: [{ name, folder, kind }] }, a kind being a key of SEARCHES.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { launch, median, slowDown, withPage } from "./browser.mjs";
import { serve } from "./serve.mjs";

// Results that do not change for this long, with nothing under way, are final.
const QUIET = 1_000;
const FIRST_QUERIES = ["SELF_SIGNED_CERT_IN_CHAIN", "refresh token race", "webhook signature"];
// Pagefind's own interface waits 300 ms after each key. This does not, and shows as many pages as ours.
const PAGEFIND_PAGE = `<!doctype html><title>Search</title><input id="query"><ul id="results"></ul>
<script type="module">
  const input = document.getElementById("query");
  let loaded = null;
  input.addEventListener("focus", () => { loaded ??= import("/pagefind/pagefind.js").then(async (it) => { await it.init(); return it; }); });
  window.searching = 0;
  input.addEventListener("input", async () => {
    window.searching++;
    await show(input.value).finally(() => { window.searching--; });
  });
  async function show(query) {
    const { results } = await (await loaded).search(query);
    if (query !== input.value) return;
    const pages = await Promise.all(results.slice(0, 8).map((result) => result.data()));
    if (query !== input.value) return;
    document.getElementById("results").replaceChildren(...pages.map((page) => {
      const link = Object.assign(document.createElement("a"), { href: page.url });
      link.innerHTML = page.meta.title + "<br>" + page.excerpt;
      return link;
    }));
  }
</script>`;
const SEARCHES = {
  ours: { start: "index.html", key: "/", input: "#pb-search input", results: "#pb-results", links: "#pb-results a" },
  mdbook: { start: "index.html", key: "/", input: "#mdbook-searchbar", results: "#mdbook-searchresults", links: "#mdbook-searchresults a" },
  pagefind: { start: "search.html", input: "#query", results: "#results", links: "#results a" },
};

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const queries = Object.values(JSON.parse(readFileSync(settings.queries, "utf8"))).flat();
const browser = await launch(settings);
const results = {};
for (const { name, folder, kind } of settings.sites) {
  const texts = kind === "pagefind" ? { "/search.html": PAGEFIND_PAGE } : {};
  console.error(`search: ${name}`);
  const server = await serve(folder, texts);
  results[name] = await measure(SEARCHES[kind], server);
  server.close();
}
console.log(JSON.stringify(results));
await browser.close();

async function measure(search, server) {
  const first = [];
  for (const query of FIRST_QUERIES) first.push(await firstQuery(search, server, query));
  const later = await withPage(browser, {}, async (page) => {
    await open(search, server, page);
    // The first query fetches what all need, and is measured above.
    await ask(search, server, page, "token");
    const answers = [];
    for (const [query, ...right] of queries) {
      const { milliseconds, pages } = await ask(search, server, page, query);
      answers.push({ query, milliseconds, found: pages.length, rank: pages.findIndex((found) => right.includes(found)) + 1 });
    }
    return answers;
  });
  const timesOf = (answers) => answers.map(({ milliseconds }) => milliseconds).filter((time) => time !== null);
  return {
    firstBytes: median(first.map(({ bytes }) => bytes)), firstMilliseconds: median(timesOf(first)) ?? null,
    laterMilliseconds: median(timesOf(later)), slowestMilliseconds: Math.max(...timesOf(later)),
    answers: later,
  };
}

async function firstQuery(search, server, query) {
  return withPage(browser, {}, async (page) => {
    await open(search, server, page);
    server.take();
    const { milliseconds } = await ask(search, server, page, query);
    const log = server.take();
    return { milliseconds, bytes: log.reduce((total, { bytes }) => total + bytes, 0) };
  });
}

async function open(search, server, page) {
  await page.addInitScript(() => {
    addEventListener("keydown", () => { window.lastKey = performance.now(); }, true);
  });
  server.isSlow = false;
  await page.goto(server.root + search.start, { waitUntil: "networkidle" });
  await slowDown(page);
  server.isSlow = true;
}

/** Pastes a query but for its last letter, and types that: a slow search would still be at work on letters typed before. */
async function paste(page, query) {
  await page.keyboard.insertText(query.slice(0, -1));
  await page.keyboard.type(query.slice(-1));
}

/** Enters a query, and waits until the results are there and change no more. */
async function ask(search, server, page, query) {
  if (search.key && !(await page.locator(search.input).isVisible())) await page.keyboard.press(search.key);
  await page.locator(search.input).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Backspace");
  await page.evaluate((selector) => {
    window.lastChange = 0;
    window.observer?.disconnect();
    window.observer = new MutationObserver(() => { window.lastChange = performance.now(); });
    window.observer.observe(document.querySelector(selector), { childList: true, subtree: true });
  }, search.results);
  await paste(page, query);
  const quietTime = () => page.evaluate(() => {
    return window.searching > 0 ? 0 : performance.now() - Math.max(window.lastKey, window.lastChange);
  });
  while (server.pending > 0 || await quietTime() < QUIET) await sleep(100);
  return page.evaluate((selector) => {
    const pages = [...document.querySelectorAll(selector)].map(({ href }) => new URL(href).pathname.slice(1).replace(/\.html$/, ""));
    // Nothing changed: there are no results, or not before another key.
    const milliseconds = window.lastChange > window.lastKey ? window.lastChange - window.lastKey : null;
    return { milliseconds, pages: [...new Set(pages)].slice(0, 8) };
  }, search.links);
}
