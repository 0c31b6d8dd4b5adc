// Without script every page can be read whole, and everything that it links to is there.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertNone, chapters, nameElements, pages, start, visitAll } from "./site.mjs";

let site;
before(async () => { site = await start(); });
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
  return found;
}

/** What needs a script to do anything. */
function useless() {
  return [...document.querySelectorAll("button, input:not([type=checkbox][disabled]), select, [role=tab], #pb-search")]
    .filter((element) => element.checkVisibility())
    .map((element) => `does nothing without script: ${describeElement(element)}`);
}

/**
 * The places that the open page leads to on its own site, as it writes them and as they are;
 * and the names of its own places.
 */
function linksAndPlaces() {
  const attributes = ["href", "src"];
  const links = [...document.querySelectorAll("[href], [src]")].flatMap((element) =>
    attributes.filter((name) => element.hasAttribute(name)).map((name) => ({ written: element.getAttribute(name), address: element[name] })));
  const own = links.filter(({ address }) => typeof address === "string" && address.startsWith(location.origin));
  return { links: own, places: [...document.querySelectorAll("[id]")].map(({ id }) => id) };
}

for (const [name, viewport] of Object.entries({ "a desk": { width: 1280, height: 800 }, "a phone": { width: 390, height: 844 } })) {
  test(`every page can be read whole on ${name}`, async () => {
    const context = await site.context({ javaScriptEnabled: false, viewport });
    assertNone(await visitAll(context, pages, async (tab, path) => {
      await tab.goto(`/${path}`);
      await tab.evaluate(DESCRIBE);
      return [...await tab.evaluate(unreadable), ...await tab.evaluate(useless)];
    }));
  });
}

// `nameElements` gives its function by a script of the page, of which there is none here.
const DESCRIBE = `globalThis.describeElement = (element) =>
  [element.id ? "#" + element.id : element.localName + [...element.classList].map((name) => "." + name).join(""),
    "“" + element.textContent.trim().replace(/\\s+/g, " ").slice(0, 60) + "”"].join(" ")`;

test("every chapter leads to all others by its list", async () => {
  const context = await site.context({ javaScriptEnabled: false });
  const lists = new Map();
  const findings = await visitAll(context, chapters, async (tab, path) => {
    await tab.goto(`/${path}`);
    const links = tab.locator("nav[aria-label=Chapters] a");
    lists.set(path, await links.evaluateAll((links) => links.map((link) => link.pathname.slice(1))));
    const hidden = await links.evaluateAll((links) => links.filter((link) => !link.checkVisibility()).map((link) => link.textContent));
    const current = await tab.locator("nav[aria-label=Chapters] [aria-current=page]").evaluateAll((links) => links.map((link) => link.pathname.slice(1)));
    const isMarked = current.length === 1 && current[0] === path;
    return [...hidden.map((text) => `the link “${text}” cannot be seen`), ...(isMarked ? [] : [`marks as its own: ${current}`])];
  });
  assertNone(findings);
  const all = [...lists.values()][0].toSorted();
  assert.deepEqual(all, chapters.toSorted(), "the list has each chapter once");
  assertNone([...lists].filter(([, list]) => list.toSorted().join() !== all.join()).map(([path]) => `${path}: its list is another`));
});

test("the chapters open on a phone by a tap", async () => {
  const context = await site.context({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, hasTouch: true });
  const tab = await context.newPage();
  await tab.goto("/connect/headers-helper.html");
  const link = tab.locator("nav[aria-label=Chapters] a", { hasText: "Debug 401" });
  assert.equal(await link.isVisible(), false);
  await tab.locator(".menu > summary").tap();
  await link.tap();
  await tab.waitForURL("**/debug-401.html");
});

test("every link and anchor of every page leads to something", async () => {
  const context = await site.context({ javaScriptEnabled: false });
  const found = new Map();
  await visitAll(context, pages, async (tab, path) => {
    await tab.goto(`/${path}`);
    found.set(path, await tab.evaluate(linksAndPlaces));
    return [];
  });
  const statuses = new Map();
  const findings = [];
  for (const [path, { links }] of found) {
    for (const { written, address } of links) {
      const { pathname, hash } = new URL(address);
      if (!statuses.has(pathname)) statuses.set(pathname, (await fetch(site.origin + pathname)).status);
      if (statuses.get(pathname) !== 200) findings.push(`${path}: \`${written}\` answers ${statuses.get(pathname)}`);
      const target = found.get(decodeURIComponent(pathname.slice(1)) || "index.html");
      const place = decodeURIComponent(hash.slice(1));
      if (target && place !== "" && !target.places.includes(place)) findings.push(`${path}: \`${written}\` names no place of that page`);
    }
  }
  assertNone(findings);
});
