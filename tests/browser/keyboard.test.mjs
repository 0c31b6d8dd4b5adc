// Everything can be reached and used with the keyboard alone, and the focus is always to be seen.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { assertNone, start, types, visitAll } from "./site.mjs";

let site;
let context;
let tab;
before(async () => { site = await start(); });
after(() => site.close());
beforeEach(async () => {
  // Without smooth scrolling, what has the focus is in sight at once.
  context = await site.context({ reducedMotion: "reduce" });
  tab = await context.newPage();
  await tab.goto("/index.html");
});

/** What is wrong with the element that has the focus: nothing shows it, or something covers it. */
function faultsOfFocus() {
  const element = document.activeElement;
  if (element === document.body) return [];
  const style = getComputedStyle(element);
  const box = [...element.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
  const faults = [];
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) faults.push("has no outline");
  if (!box) faults.push("is not there");
  else {
    const [x, y] = [box.left + Math.min(box.width / 2, 8), box.top + Math.min(box.height / 2, 8)];
    const isBig = box.height > innerHeight;
    const top = document.elementFromPoint(x, isBig ? innerHeight / 2 : y);
    if (!top) faults.push("is out of sight");
    else if (!element.contains(top)) faults.push(`is covered by ${describeElement(top)}`);
  }
  return faults.map((fault) => `${describeElement(element)} ${fault}`);
}

function focused(tab) {
  return tab.evaluate(() => (document.activeElement === document.body ? "" : describeElement(document.activeElement)));
}

/** Presses Tab until the focus is on what a selector names. */
async function tabTo(selector) {
  for (let presses = 1; presses <= 200; presses += 1) {
    await tab.keyboard.press("Tab");
    assertNone(await tab.evaluate(faultsOfFocus));
    if (await tab.evaluate((selector) => document.activeElement.matches(selector), selector)) return presses;
  }
  return assert.fail(`200 presses of Tab did not reach \`${selector}\`; the focus is on ${await focused(tab)}`);
}

/** Presses a key until what it does is seen: a browser short of time drops a scroll that falls into another one. */
async function pressUntil(key, isDone) {
  for (let presses = 1; presses <= 5; presses += 1) {
    await tab.keyboard.press(key);
    const seen = await tab.waitForFunction(isDone, undefined, { timeout: 5000 }).then(() => true, () => false);
    if (seen) return;
  }
  assert.fail(`5 presses of ${key} did nothing`);
}

/** Jumps over the header and the chapters as a reader does. */
async function skip() {
  assert.equal(await tabTo("a"), 1);
  assert.equal(await tab.evaluate(() => document.activeElement.className), "skip", "the first Tab reaches the skip link");
  await tab.keyboard.press("Enter");
  assert.equal(await tab.evaluate(() => document.activeElement.localName), "main", "it leads to the content");
}

test("from the front page to an example's code", async () => {
  await skip();
  await tabTo("article a[href$='choose.html']");
  await tab.keyboard.press("Enter");
  await tab.waitForURL("**/choose.html");
  await skip();
  await tabTo("article a[href^='#']:not(.anchor)");
  await tab.keyboard.press("Enter");
  await tab.waitForURL("**/choose.html#*");
  await tabTo("article a[href*='connect/']");
  const address = await tab.evaluate(() => document.activeElement.href);
  await tab.keyboard.press("Enter");
  await tab.waitForURL(address);
  await skip();
  await tabTo("figure.code button.copy");
  assert.equal(await tab.evaluate(() => getComputedStyle(document.activeElement).opacity), "1", "the button can be seen");
});

test("code that is too wide scrolls with the arrow keys, code that is not takes no focus", async () => {
  await tab.setViewportSize({ width: 390, height: 844 });
  await tab.goto("/connect/headers-helper.html");
  await tabTo("figure.code pre");
  const left = () => tab.evaluate(() => document.activeElement.scrollLeft);
  assert.equal(await left(), 0);
  await tab.keyboard.press("ArrowRight");
  await tab.waitForFunction(() => document.activeElement.scrollLeft > 0);
  const idle = await tab.locator("[tabindex='0']").evaluateAll((elements) =>
    elements.filter(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth).map(describeElement));
  assertNone(idle);
});

test("arrow keys, space and Home scroll the page", async () => {
  await tab.goto("/connect/headers-helper.html");
  await pressUntil("ArrowDown", () => scrollY > 0);
  await pressUntil("Space", () => scrollY > 300);
  await tab.keyboard.press("ArrowLeft");
  await tab.keyboard.press("ArrowRight");
  assert.match(tab.url(), /headers-helper\.html$/, "no arrow key leaves the page");
  await pressUntil("Home", () => scrollY === 0);
});

test("no key but the slash is taken from the reader", async () => {
  await tab.goto("/connect/headers-helper.html");
  await tab.evaluate(() => {
    globalThis.taken = [];
    addEventListener("keydown", (event) => setTimeout(() => { if (event.defaultPrevented) taken.push(event.key); }));
  });
  const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageDown", "End", "Escape", "s", "f", "t", "?", "Control+/", "Alt+/", "/"];
  for (const key of keys) await tab.keyboard.press(key);
  assert.deepEqual(await tab.evaluate(() => new Promise((resolve) => { setTimeout(() => resolve(taken)); })), ["/"]);
});

for (const [name, viewport] of Object.entries({ "a desk": { width: 1280, height: 800 }, "a phone": { width: 390, height: 844 } })) {
  test(`Tab passes through every page and out of it, seen all the way, on ${name}`, async () => {
    const context = await site.context({ viewport, reducedMotion: "reduce" });
    assertNone(await visitAll(context, types, async (tab, path) => {
      await tab.goto(`/${path}`);
      const findings = [];
      const seen = new Set();
      // What can take the focus, and is there to take it; a frame around it is the browser's.
      const expected = await tab.evaluate(() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
        .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true })).length);
      for (let presses = 0; presses <= expected + 5; presses += 1) {
        await tab.keyboard.press("Tab");
        const number = await tab.evaluate(() => {
          globalThis.order ??= new Map();
          const element = document.activeElement;
          if (element === document.body) return -1;
          if (!order.has(element)) order.set(element, order.size);
          return order.get(element);
        });
        if (number < 0 || seen.has(number)) break;
        seen.add(number);
        findings.push(...await tab.evaluate(faultsOfFocus));
      }
      if (seen.size < expected) findings.push(`Tab reached ${seen.size} of ${expected}; the last is ${await focused(tab)}`);
      if (seen.size > expected) findings.push(`Tab reached ${seen.size}, more than the ${expected} that can take the focus`);
      return findings;
    }));
  });
}

test("the chapters open and close with the keyboard on a phone", async () => {
  await tab.setViewportSize({ width: 390, height: 844 });
  await tabTo(".menu > summary");
  await tab.keyboard.press("Enter");
  const link = tab.locator(".menu nav a").first();
  await link.waitFor();
  await tabTo(".menu nav a");
  await tab.keyboard.press("Escape");
  assert.equal(await link.isVisible(), false, "Escape closes them");
  assert.match(await focused(tab), /summary/, "and gives the focus back");
});
