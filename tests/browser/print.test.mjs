// Paper shows all that a reader needs: folded text too, code whole, and nothing to click.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertNone, pages, start, visitAll } from "./site.mjs";

// A4 less margins of 1 cm, at 96 pixels to the inch.
const PAPER = { width: 718, height: 1047 };

let site;
before(async () => { site = await start(); });
after(() => site.close());

function notPrintable() {
  const isSeen = (element) => element.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true })
    && element.getClientRects().length > 0;
  const textsOf = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    return texts;
  };
  const name = (what) => (element) => `${what}: ${describeElement(element)}`;
  const folded = [...document.querySelectorAll(".content details > *, .content details > * *")]
    .filter((element) => element.textContent.trim() !== "" && !element.closest("button") && !element.matches(".open, .anchor") && !isSeen(element));
  const toClick = [...document.querySelectorAll("nav, button, input:not(.content input), search, .skip, .menu, .toc, .pager, .open")].filter(isSeen);
  const cutOff = [...document.querySelectorAll("pre, .table, figure")]
    .filter((element) => isSeen(element) && element.scrollWidth > element.clientWidth + 1);
  const width = document.documentElement.clientWidth;
  const beyond = textsOf(document.querySelector("main")).filter((text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()].some((box) => box.right > width + 1);
  }).map((text) => text.parentElement).filter((element) => !cutOff.some((scroller) => scroller.contains(element)));
  return [
    ...folded.map(name("not shown")), ...toClick.map(name("of no use on paper")),
    ...cutOff.map(name("cut off")), ...beyond.map(name("beyond the paper")),
  ];
}

test("every page is whole on paper", async () => {
  const context = await site.context({ viewport: PAPER });
  assertNone(await visitAll(context, pages, async (tab, path) => {
    await tab.emulateMedia({ media: "print" });
    await tab.goto(`/${path}`);
    return tab.evaluate(notPrintable);
  }));
});

test("paper is white for readers of dark pages", async () => {
  const context = await site.context({ viewport: PAPER, colorScheme: "dark" });
  const tab = await context.newPage();
  await tab.goto("/connect/headers-helper.html");
  await tab.locator("#pb-theme").click();
  await tab.emulateMedia({ colorScheme: "light" });
  await tab.locator("#pb-theme").click();
  assert.equal(await tab.evaluate(() => document.documentElement.dataset.theme), "dark", "the reader chose dark");
  const background = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(await background(), "rgb(255, 255, 255)");
  await tab.emulateMedia({ media: "print" });
  assert.equal(await background(), "rgb(255, 255, 255)");
});
