// axe-core finds nothing on any page, in light and in dark colours, by WCAG 2.0 to 2.2, levels A and AA.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { assertNone, pages, start, types, visitAll } from "./site.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
// The rules that look at colours: what all others look at is the same in both schemes.
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

let site;
before(async () => { site = await start(); });
after(() => site.close());

/** What axe finds in a part of the open page, by all rules or those named; folded text is unfolded first. */
async function inspect(tab, scheme, part, rules) {
  await tab.emulateMedia({ colorScheme: scheme });
  const runOnly = rules ? { type: "rule", values: rules } : { type: "tag", values: TAGS };
  const violations = await tab.evaluate(async ([part, runOnly]) => {
    document.querySelectorAll("main details").forEach((details) => { details.open = true; });
    const { violations } = await axe.run(part, { runOnly, resultTypes: ["violations"], preload: false });
    return violations;
  }, [part, runOnly]);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${scheme}: ${id}: ${target}: ${failureSummary.replace(/\s+/g, " ")}`));
}

async function inspectBoth(tab, part = { include: ["html"] }) {
  await tab.evaluate(AXE);
  const findings = await inspect(tab, "light", part);
  // axe judges no colour above a gradient or at the edge of what scrolls, as in code and tables.
  await tab.evaluate(() => {
    const plain = new CSSStyleSheet();
    plain.replaceSync("* { background-image: none !important } pre, .table { overflow: visible !important }");
    document.adoptedStyleSheets = [plain];
  });
  return [...findings, ...await inspect(tab, "light", part, OF_COLOURS), ...await inspect(tab, "dark", part, OF_COLOURS)];
}

test("nothing is found on any page", async () => {
  const context = await site.context();
  assertNone(await visitAll(context, pages, async (tab, path) => {
    await tab.goto(`/${path}`);
    // The list of chapters is the same everywhere and half of most pages: one page of each type is enough for it.
    return types.includes(path) ? inspectBoth(tab) : inspectBoth(tab, { exclude: [".menu nav"] });
  }));
});

test("nothing is found on a phone with the chapters open", async () => {
  const context = await site.context({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  assertNone(await visitAll(context, types, async (tab, path) => {
    await tab.goto(`/${path}`);
    const chapters = tab.locator(".menu > summary");
    if (await chapters.count() > 0) await chapters.click();
    return inspectBoth(tab);
  }));
});

test("nothing is found among results of a search", async () => {
  const context = await site.context();
  assertNone(await visitAll(context, ["index.html", "404.html"], async (tab, path) => {
    await tab.goto(`/${path}`);
    await tab.getByRole("combobox").fill("invalid_grant");
    await tab.getByRole("option").first().waitFor();
    await tab.keyboard.press("ArrowDown");
    return inspectBoth(tab);
  }));
});
