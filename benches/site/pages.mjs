// Measures pages of several sites by turns: requests, bytes, axe nodes in both schemes, and time on a slow machine.
//
//     node pages.mjs SETTINGS.json > RESULTS.json
//
// SETTINGS: { packages, browser, runs, sites: [{ name, folder, addresses }] }. Addresses of the same index are the same page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launch, median, slowDown, withPage } from "./browser.mjs";
import { serve } from "./serve.mjs";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeScript = readFileSync(createRequire(join(settings.packages, "package.json")).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

const browser = await launch(settings);
const sites = await Promise.all(settings.sites.map(async (site) => ({ ...site, server: await serve(site.folder) })));
const results = Object.fromEntries(sites.map((site) => [site.name, site.addresses.map(() => ({ first: [], ready: [] }))]));
const longest = Math.max(...sites.map((site) => site.addresses.length));
for (let page = 0; page < longest; page++) {
  console.error(`page ${page + 1} of ${longest}`);
  for (const site of sites) {
    const address = site.addresses[page];
    if (address === undefined) continue;
    const result = results[site.name][page];
    for (const scheme of ["light", "dark"]) Object.assign(result, { address }, await look(site, address, scheme));
  }
  for (let run = 0; run < settings.runs; run++) {
    for (const site of sites) {
      if (site.addresses[page] === undefined) continue;
      const { first, ready } = await time(site, site.addresses[page]);
      results[site.name][page].first.push(first);
      results[site.name][page].ready.push(ready);
    }
  }
}
for (const pages of Object.values(results)) {
  for (const page of pages) {
    if (settings.runs === 0) continue;
    [page.first, page.ready] = [median(page.first), median(page.ready)];
  }
}
console.log(JSON.stringify({ browser: browser.version(), pages: results }));
await browser.close();
for (const site of sites) site.server.close();

/** What a page weighs, and what axe finds in it. */
async function look(site, address, colorScheme) {
  return withPage(browser, { colorScheme }, async (page) => {
    const elsewhere = new Set();
    page.on("request", (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && !url.startsWith(site.server.root)) elsewhere.add(url);
    });
    site.server.take();
    const response = await page.goto(site.server.root + address, { waitUntil: "networkidle" });
    if (!response.ok()) throw new Error(`${site.name}: ${address}: ${response.status()}`);
    const log = site.server.take();
    const sum = (entries) => entries.reduce((total, { bytes }) => total + bytes, 0);
    return {
      requests: log.length, elsewhere: elsewhere.size, bytes: sum(log), script: sum(log.filter(({ isScript }) => isScript)),
      heaviest: log.sort((a, b) => b.bytes - a.bytes).slice(0, 6).map(({ path, bytes }) => [path, bytes]),
      [colorScheme]: await audit(page),
    };
  });
}

async function audit(page) {
  // By the debugger, which no Content-Security-Policy holds up.
  await page.evaluate(axeScript);
  const violations = await page.evaluate(async (values) => {
    const { violations } = await window.axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => [id, nodes.length]);
  }, TAGS);
  return { nodes: violations.reduce((total, [, nodes]) => total + nodes, 0), rules: Object.fromEntries(violations) };
}

async function time(site, address) {
  return withPage(browser, {}, async (page) => {
    await slowDown(page);
    site.server.isSlow = true;
    await page.goto(site.server.root + address, { waitUntil: "load" });
    site.server.isSlow = false;
    return page.evaluate(async () => {
      const paint = () => performance.getEntriesByName("first-contentful-paint")[0];
      while (!paint()) await new Promise((resolve) => setTimeout(resolve, 50));
      return { first: paint().startTime, ready: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd };
    });
  });
}
