// An address with a hash opens its page at that place: below what stays in sight, and unfolded.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertNone, chapters, read, start, types, visitAll } from "./site.mjs";

let site;
before(async () => { site = await start(); });
after(() => site.close());

/** The ids of the headings in the middle and at the end of a page. */
function someHeadings(path) {
  const ids = [...read(path).toString().matchAll(/<h[23] id="([^"]*)"/g)].map(([, id]) => id);
  return [...new Set([ids[Math.floor(ids.length / 2)], ids.at(-1)])].filter(Boolean);
}

/** What keeps a reader from seeing first what has an id, in the open page. */
function faultsOf(id) {
  const target = document.getElementById(id);
  const box = target.getBoundingClientRect();
  const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
  const top = document.elementFromPoint(box.left + 4, box.top + 4);
  if (!top || !(target.contains(top) || top.contains(target))) return [`#${id} is covered or out of sight, at ${Math.round(box.top)}`];
  if (box.top > 160 && !isAtEnd) return [`#${id} is too far down, at ${Math.round(box.top)}`];
  return [];
}

for (const [name, width, paths] of [["a desk", 1280, chapters], ["a phone", 390, types.filter((path) => path !== "404.html")]]) {
  test(`a page opens at the heading that its address names on ${name}`, async () => {
    const context = await site.context({ viewport: { width, height: 800 }, reducedMotion: "reduce" });
    assertNone(await visitAll(context, paths, async (tab, path) => {
      const findings = [];
      for (const id of someHeadings(path)) {
        await tab.goto("about:blank");
        await tab.goto(`/${path}#${encodeURIComponent(id)}`);
        await tab.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
        findings.push(...await tab.evaluate(faultsOf, id));
      }
      return findings;
    }));
  });
}

test("a link of “On this page” goes to its heading, marks it, and names it in the address", async () => {
  const context = await site.context({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  const tab = await context.newPage();
  await tab.goto("/connect/headers-helper.html");
  const link = tab.locator(".toc a[href='#settings']");
  await link.click();
  await tab.waitForURL(/#settings$/);
  assertNone(await tab.evaluate(faultsOf, "settings"));
  await tab.locator(".toc a[aria-current=location]", { hasText: "Settings" }).waitFor();
});

test("folded text that holds the place unfolds", async () => {
  const context = await site.context({ reducedMotion: "reduce" });
  const tab = await context.newPage();
  // No page has a place in folded text today; authors may write one.
  await tab.route("**/headers-helper.html", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/(<details class="proof">[\s\S]*?<\/summary>\s*)<(ul|p)>/, '$1<$2 id="folded">');
    await route.fulfill({ response, body });
  });
  await tab.goto("/connect/headers-helper.html");
  const folded = tab.locator("#folded");
  assert.equal(await folded.isVisible(), false, "it is folded at first");
  await tab.goto("/connect/headers-helper.html#folded");
  await folded.waitFor({ state: "visible" });
  await tab.goto("about:blank");
  await tab.goto("/connect/headers-helper.html#folded");
  await folded.waitFor({ state: "visible" });
  assertNone(await tab.evaluate(faultsOf, "folded"));
});
