// Without script every page can be read whole, and everything that it links to is there.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertNone, chapters, describeElement, pages, start, visitAll } from "./site.mjs";

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

let site;
// What is on each page, by its path: every page is opened once for all tests.
const seen = new Map();

before(async () => {
  site = await start();
  const context = await site.context({ javaScriptEnabled: false, viewport: DESK });
  await visitAll(context, pages, async (tab, path) => {
    await tab.setViewportSize(DESK);
    await tab.goto(`/${path}`);
    await tab.evaluate(describeElement);
    const desk = await tab.evaluate(unreadable);
    const page = await tab.evaluate(linksAndPlaces);
    await tab.setViewportSize(PHONE);
    seen.set(path, { ...page, desk, phone: await tab.evaluate(unreadable) });
    return [];
  });
});
after(() => site.close());

/** The text of the open page that no reader can get at: neither seen, nor folded below a summary. */
function unreadable() {
  const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const canUnfold = (element) => {
    const folded = element.closest("details:not([open])");
    return folded && isSeen(folded.querySelector("summary")) && !element.closest("[hidden]");
  };
  const found = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.textContent.trim() === "" || element.closest(".anchor, svg, thead")) continue;
    // What stands beside what it would fold has another title on wide screens.
    if (element.localName === "summary" && isSeen(element.nextElementSibling)) continue;
    if (!isSeen(element) && !canUnfold(element)) found.push(`cannot be read: ${describeElement(element)}`);
  }
  if (!document.querySelector("h1") || !isSeen(document.querySelector("h1"))) found.push("has no h1 that is seen");
  const useless = document.querySelectorAll("button, input:not([type=checkbox][disabled]), select, [role=tab], #pb-search");
  for (const element of useless) {
    if (element.checkVisibility()) found.push(`does nothing without script: ${describeElement(element)}`);
  }
  return found;
}

/**
 * The places that the open page leads to on its own site, as it writes them and as they are;
 * the names of its own places; and its list of chapters.
 */
function linksAndPlaces() {
  const links = [...document.querySelectorAll("[href], [src]")]
    .map((element) => ({ written: element.getAttribute("href") ?? element.getAttribute("src"), address: element.href ?? element.src }))
    .filter(({ address }) => typeof address === "string" && address.startsWith(location.origin));
  const chapters = [...document.querySelectorAll("nav[aria-label=Chapters] a")].map((link) => ({
    path: decodeURIComponent(link.pathname.slice(1)), isSeen: link.checkVisibility(), isCurrent: link.getAttribute("aria-current") === "page",
  }));
  return { links, places: [...document.querySelectorAll("[id]")].map(({ id }) => id), chapters };
}

test("every page can be read whole on a desk", () => {
  assertNone([...seen].flatMap(([path, { desk }]) => desk.map((finding) => `${path}: ${finding}`)));
});

test("every page can be read whole on a phone", () => {
  assertNone([...seen].flatMap(([path, { phone }]) => phone.map((finding) => `${path}: ${finding}`)));
});

test("every chapter leads to all others by its list", () => {
  const findings = [];
  for (const path of chapters) {
    const list = seen.get(path).chapters;
    const missing = chapters.filter((chapter) => !list.some(({ path, isSeen }) => path === chapter && isSeen));
    const current = list.filter(({ isCurrent }) => isCurrent).map(({ path }) => path);
    if (missing.length > 0) findings.push(`${path}: its list does not show ${missing.join(", ")}`);
    if (current.join() !== path) findings.push(`${path}: its list marks ${current.join(", ") || "nothing"} as this page`);
  }
  assertNone(findings);
});

test("the chapters open on a phone by a tap", async () => {
  const context = await site.context({ javaScriptEnabled: false, viewport: PHONE, hasTouch: true });
  const tab = await context.newPage();
  await tab.goto("/connect/headers-helper.html");
  const link = tab.locator("nav[aria-label=Chapters] a", { hasText: "Debug 401" });
  assert.equal(await link.isVisible(), false);
  await tab.locator(".menu > summary").tap();
  await link.tap();
  await tab.waitForURL("**/debug-401.html");
});

test("every link and anchor of every page leads to something", async () => {
  const statuses = new Map();
  const findings = [];
  for (const [path, { links }] of seen) {
    for (const { written, address } of links) {
      const { pathname, hash } = new URL(address);
      if (!statuses.has(pathname)) statuses.set(pathname, (await fetch(site.origin + pathname)).status);
      if (statuses.get(pathname) !== 200) findings.push(`${path}: \`${written}\` answers ${statuses.get(pathname)}`);
      const target = seen.get(decodeURIComponent(pathname.slice(1)) || "index.html");
      const place = decodeURIComponent(hash.slice(1));
      if (target && place !== "" && !target.places.includes(place)) findings.push(`${path}: \`${written}\` names no place of that page`);
    }
  }
  assert.ok(statuses.size > 200, `only ${statuses.size} addresses are linked to`);
  assertNone(findings);
});
