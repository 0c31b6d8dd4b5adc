// The colours are the system's until the reader chooses others; the choice holds on every page, until it is the system's again.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { start } from "./site.mjs";

let site;
let context;
let tab;
before(async () => { site = await start(); });
after(() => site.close());
beforeEach(async () => {
  await context?.close();
  context = await site.context();
  tab = await context.newPage();
  await tab.goto("/index.html");
});

/** "dark" or "light", as the page's background is. */
function colours() {
  return tab.evaluate(() => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
    return red + green + blue < 384 ? "dark" : "light";
  });
}

function stored() {
  return tab.evaluate(() => localStorage.getItem("theme"));
}

function system(colorScheme) {
  return tab.emulateMedia({ colorScheme });
}

function toggle() {
  return tab.locator("#pb-theme").click();
}

async function label() {
  return tab.locator("#pb-theme").getAttribute("aria-label");
}

test("without a choice the system's colours hold, also when they change", async () => {
  assert.equal(await colours(), "light");
  assert.equal(await label(), "Switch to dark colours");
  await system("dark");
  assert.equal(await colours(), "dark");
  await tab.locator("#pb-theme[aria-label='Switch to light colours']").waitFor();
  assert.equal(await stored(), null);
});

test("a choice holds after a reload, on other pages and in other tabs", async () => {
  await toggle();
  assert.equal(await colours(), "dark", "at once");
  await tab.reload();
  assert.equal(await colours(), "dark", "after a reload");
  assert.equal(await label(), "Switch to light colours");
  await tab.goto("/connect/debug-401.html");
  assert.equal(await colours(), "dark", "on another page");
  tab = await context.newPage();
  await tab.goto("/reference/rules/mcp.html");
  assert.equal(await colours(), "dark", "in another tab");
});

test("a choice holds against the system", async () => {
  await system("dark");
  await toggle();
  assert.equal(await colours(), "light");
  await system("light");
  await system("dark");
  await tab.reload();
  assert.equal(await colours(), "light");
});

test("a choice of the system's colours is forgotten", async () => {
  await toggle();
  assert.equal(await stored(), "dark");
  await toggle();
  assert.equal(await colours(), "light");
  assert.equal(await stored(), null);
  await tab.reload();
  await system("dark");
  assert.equal(await colours(), "dark", "the system's colours hold again");
});

test("a choice is there before anything is painted", async () => {
  await toggle();
  // The script that comes after the first paint does not arrive at all.
  await tab.route("**/assets/site-*.js", (route) => route.abort());
  await tab.goto("/connect/debug-401.html");
  assert.equal(await colours(), "dark");
});

test("what is stored by mistake is passed over", async () => {
  await tab.evaluate(() => localStorage.setItem("theme", "\"><b>"));
  await tab.reload();
  assert.equal(await colours(), "light");
});

test("the words of a drawing stand on the colour of the page, before its lines", async () => {
  await tab.goto("/connect/oauth-sign-in.html");
  for (const scheme of ["light", "dark"]) {
    await system(scheme);
    const [page, ...words] = await tab.evaluate(() => {
      const words = [...document.querySelectorAll(".diagram text")].map((text) => getComputedStyle(text));
      const halo = ({ paintOrder, stroke, strokeWidth }) => `${paintOrder.split(" ")[0]} ${stroke} ${parseFloat(strokeWidth) >= 6}`;
      return [getComputedStyle(document.body).backgroundColor, ...words.map(halo)];
    });
    assert.equal(await colours(), scheme);
    assert.ok(words.length > 10, `${words.length} words`);
    assert.deepEqual([...new Set(words)], [`stroke ${page} true`]);
  }
});
