// No page scrolls sideways at any usual width: what is too wide scrolls inside itself.

import { after, before, test } from "node:test";

import { assertNone, pages, start, visitAll } from "./site.mjs";

const WIDTHS = [320, 390, 768, 1280];

let site;
before(async () => { site = await start(); });
after(() => site.close());

/** The elements that reach beyond the page's right edge, where the page can be scrolled to them. */
function tooWide() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (element) => element && element !== document.body
    && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
  const isTooWide = (element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement);
  const culprits = [...document.body.querySelectorAll("*")]
    .filter((element) => isTooWide(element) && !isTooWide(element.parentElement))
    .map((element) => `${describeElement(element)} ends at ${Math.round(element.getBoundingClientRect().right)}`);
  return culprits.length > 0 ? culprits : ["something, perhaps a margin"];
}

test("no page scrolls sideways", async () => {
  const context = await site.context();
  assertNone(await visitAll(context, pages, async (tab, path) => {
    const findings = [];
    await tab.goto(`/${path}`);
    await tab.evaluate(() => document.querySelectorAll("main details").forEach((details) => { details.open = true; }));
    for (const width of WIDTHS) {
      await tab.setViewportSize({ width, height: 800 });
      for (const finding of await tab.evaluate(tooWide)) findings.push(`at ${width} pixels: ${finding}`);
    }
    return findings;
  }));
});

test("nor with the chapters open on a phone", async () => {
  const context = await site.context({ viewport: { width: 320, height: 640 } });
  assertNone(await visitAll(context, ["index.html", "connect/headers-helper.html"], async (tab, path) => {
    await tab.goto(`/${path}`);
    await tab.locator(".menu > summary").click();
    return tab.evaluate(tooWide);
  }));
});
