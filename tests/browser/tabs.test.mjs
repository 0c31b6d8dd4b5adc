// Of several examples a reader chooses one by its tab: for the page, for the site, and by keyboard;
// and whoever has no tabs, without script or on paper, has all of them.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { assertNone, pages, read, start, visitAll } from "./site.mjs";

/** The pages that have tabs, and one with two sets of them. */
const withTabs = pages.filter((path) => read(path).includes('class="tabs"'));
const TWO_SETS = "oauth/client-credentials.html";
const KEYS = "oauth/api-keys-server-side.html";

let site;
let context;
let tab;
before(async () => { site = await start(); });
after(() => site.close());
beforeEach(async () => {
  context = await site.context();
  tab = await context.newPage();
});

const inSet = (name, number = 0) => tab.locator(".tabs").nth(number).getByRole("tab", { name, exact: true });

/** The names of the tabs that are chosen, one for each set, whose examples are all that is shown. */
async function shown() {
  const sets = await tab.locator(".tabs").evaluateAll((sets) => sets.map((set) => {
    const isSeen = (panel) => panel.querySelector("pre").checkVisibility({ contentVisibilityAuto: true });
    const panels = [...set.querySelectorAll("[role=tabpanel]")].filter(isSeen);
    const chosen = [...set.querySelectorAll("[role=tab][aria-selected=true]")];
    return { names: chosen.map((tab) => tab.textContent), labels: panels.map((panel) => document.getElementById(panel.getAttribute("aria-labelledby")).textContent) };
  }));
  for (const { names, labels } of sets) assert.deepEqual(labels, names, "what is shown is what is chosen");
  return sets.map(({ names }) => names.join());
}

test("pages offer tabs", () => {
  assert.ok(withTabs.length > 4, withTabs.join());
  assert.ok(withTabs.includes(TWO_SETS) && withTabs.includes(KEYS));
});

test("at first the first of each set is shown", async () => {
  await tab.goto(`/${TWO_SETS}`);
  assert.deepEqual(await shown(), ["TypeScript", "TypeScript"]);
});

test("a choice holds for each set of the page that has it, and leaves the others", async () => {
  await tab.goto(`/${TWO_SETS}`);
  await inSet("Python").click();
  assert.deepEqual(await shown(), ["Python", "TypeScript"]);
  await inSet("Shell", 1).click();
  assert.deepEqual(await shown(), ["Python", "Shell"]);
  await inSet("TypeScript").click();
  assert.deepEqual(await shown(), ["TypeScript", "TypeScript"]);
});

test("a choice holds for other pages, and after the page is loaded anew", async () => {
  await tab.goto(`/${TWO_SETS}`);
  await inSet("Python").click();
  await inSet("Shell", 1).click();
  await tab.goto(`/${KEYS}`);
  assert.deepEqual(await shown(), ["Python"]);
  await tab.goto(`/${TWO_SETS}`);
  await tab.reload();
  assert.deepEqual(await shown(), ["Python", "Shell"]);
});

test("a choice elsewhere holds for the page that one goes back to", async () => {
  await tab.goto(`/${TWO_SETS}`);
  await tab.goto(`/${KEYS}`);
  await inSet("Python").click();
  await tab.goBack();
  assert.deepEqual(await shown(), ["Python", "TypeScript"]);
});

test("the tab that is clicked stays where it is", async () => {
  await tab.goto(`/${TWO_SETS}`);
  const last = inSet("TypeScript", 1);
  await inSet("Python").click();
  await last.scrollIntoViewIfNeeded();
  const { y } = await last.boundingBox();
  await last.click();
  assert.deepEqual(await shown(), ["TypeScript", "TypeScript"]);
  assert.ok(Math.abs((await last.boundingBox()).y - y) < 2, "though the set above became another");
});

test("each tab has a link of its own, which a click writes into the address", async () => {
  await tab.goto(`/${KEYS}`);
  assert.equal(await inSet("Python").getAttribute("href"), "#example.python");
  await inSet("Python").click();
  const address = tab.url();
  assert.match(address, /#example\.python$/);
  const stranger = await (await site.context()).newPage();
  tab = stranger;
  await tab.goto(address);
  assert.deepEqual(await shown(), ["Python"]);
  const { top } = await tab.getByRole("tablist").evaluate((list) => list.getBoundingClientRect());
  assert.ok(top > 0 && top < 400, `the tabs are in view, at ${top}`);
});

test("following a link is no choice", async () => {
  await tab.goto(`/${KEYS}#example.python`);
  assert.deepEqual(await shown(), ["Python"]);
  await tab.goto(`/${TWO_SETS}`);
  assert.deepEqual(await shown(), ["TypeScript", "TypeScript"]);
});

test("a link within the page opens the tab that it leads into", async () => {
  await tab.goto(`/${KEYS}`);
  await tab.evaluate(() => { location.hash = "#example.python"; });
  await tab.waitForFunction(() => document.querySelector("[role=tab][aria-selected=true]").textContent === "Python");
  assert.deepEqual(await shown(), ["Python"]);
});

test("an address that is no code of ours breaks nothing", async () => {
  await tab.goto(`/${KEYS}#%`);
  assert.deepEqual(await shown(), ["TypeScript"]);
  await tab.getByRole("combobox").waitFor();
});

test("a search leads to the tab that holds the words", async () => {
  await tab.goto("/");
  await tab.getByRole("combobox").fill("secrets.token_hex");
  const hit = tab.getByRole("option", { name: "Python" }).first();
  await hit.click();
  await tab.waitForURL(/#example\./);
  assert.ok((await shown()).includes("Python"));
});

test("the browser’s own search opens a tab", async () => {
  // A link to words makes the browser search for them, as a person would.
  await tab.goto(`/${KEYS}#:~:text=import%20hashlib`);
  await tab.waitForFunction(() => !document.getElementById("example.python").hasAttribute("hidden"));
  assert.deepEqual(await shown(), ["Python"]);
  assert.equal(await tab.evaluate(() => document.getElementById("example.typescript").getAttribute("hidden")), "until-found");
});

test("the arrows, Home and End move in the list, and only there", async () => {
  await tab.goto("/server/protected-resource-metadata.html");
  const names = await tab.getByRole("tab").allTextContents();
  assert.ok(names.length > 2, names.join());
  await tab.getByRole("tab").first().focus();
  const press = async (key) => {
    await tab.keyboard.press(key);
    const focused = await tab.evaluate(() => document.activeElement.textContent);
    assert.deepEqual(await shown(), [focused], key);
    return focused;
  };
  assert.equal(await press("ArrowRight"), names[1]);
  assert.equal(await press("ArrowLeft"), names[0]);
  assert.equal(await press("ArrowLeft"), names.at(-1));
  assert.equal(await press("ArrowRight"), names[0]);
  assert.equal(await press("End"), names.at(-1));
  assert.equal(await press("Home"), names[0]);
  assert.equal(await press(" "), names[0]);
  await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.activeElement.closest("[role=tabpanel]")?.id), "example.web", "the list is one stop");
  await tab.keyboard.press("ArrowRight");
  assert.deepEqual(await shown(), [names[0]]);
});

/** Loads a page whose script comes late, after the first paint, and adds up how far what is painted moves. */
async function shiftOf(context, address) {
  const tab = await context.newPage();
  await tab.addInitScript(() => {
    globalThis.shifts = [];
    const note = (list) => list.getEntries().forEach(({ value, sources }) => shifts.push([value, ...sources.map(({ node }) => node && describeElement(node.parentElement ?? node))]));
    new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
  });
  let release;
  const isPainted = new Promise((resolve) => { release = resolve; });
  await tab.route("**/assets/site-*.js", async (route) => {
    await isPainted;
    await route.continue();
  });
  await tab.goto(address, { waitUntil: "commit" });
  await tab.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  assert.equal(await tab.getByRole("tab").count(), 0, "the script is not there yet");
  const early = await tab.locator(".tab").evaluateAll((panels) => panels.filter((panel) => panel.checkVisibility()).map(({ id }) => id));
  release();
  await tab.waitForLoadState("load");
  await tab.getByRole("tab").first().waitFor();
  // What two frames later has not moved stays where it is.
  await tab.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))); }));
  const late = await tab.locator(".tab").evaluateAll((panels) => panels.filter((panel) => !panel.hidden).map(({ id }) => id));
  assert.deepEqual(early, late, "the tabs that are shown at first are those that stay");
  const shifts = await tab.evaluate(() => shifts);
  await tab.close();
  return shifts;
}

for (const [name, viewport] of Object.entries({ "a desk": { width: 1280, height: 800 }, "a phone": { width: 390, height: 844 } })) {
  test(`nothing jumps when the tabs fold, on ${name}`, async () => {
    const findings = [];
    const measure = async (address) => {
      const shifts = await shiftOf(context, address);
      const sum = shifts.reduce((sum, [value]) => sum + value, 0);
      if (sum >= 0.01) findings.push(`${address}: what is seen moves by ${sum}: ${JSON.stringify(shifts)}`);
    };
    context = await site.context({ viewport });
    await measure(`/${TWO_SETS}`);
    // In view, where a fold would push the rest away.
    await measure(`/${TWO_SETS}#steps`);
    await measure(`/${KEYS}#example.python`);
    const tab = await context.newPage();
    await tab.goto(`/${KEYS}`);
    await tab.getByRole("tab", { name: "Python", exact: true }).first().click();
    await measure(`/${KEYS}`);
    await measure(`/${TWO_SETS}#steps`);
    assertNone(findings);
  });
}

test("when the script fails to load, each example stands under its name", async () => {
  await tab.route("**/assets/site-*.js", (route) => route.abort());
  assertNone(await allShown(tab, KEYS));
});

test("without script each example stands under its name", async () => {
  context = await site.context({ javaScriptEnabled: false });
  assertNone(await visitAll(context, withTabs, allShown));
});

test("on paper each example stands under its name", async () => {
  assertNone(await visitAll(context, withTabs, async (tab, path) => {
    await tab.emulateMedia({ media: "print" });
    return [...await allShown(tab, path), ...await tab.getByRole("tablist").count() ? ["the list is on paper"] : []];
  }));
});

async function allShown(tab, path) {
  await tab.goto(`/${path}`);
  const findings = [];
  for (const panel of await tab.locator(".tab").all()) {
    const id = await panel.getAttribute("id");
    if (!await panel.locator("strong").first().isVisible()) findings.push(`${id}: its name is not shown`);
    if (!await panel.locator("pre").isVisible()) findings.push(`${id}: its code is not shown`);
    if (await panel.locator(".proof").count() !== 1) findings.push(`${id}: its proof is not there`);
  }
  return findings;
}
