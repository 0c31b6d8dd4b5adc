// A page asks for nothing but its own site, everything it asks for is there, and it says nothing on the console.

import { after, before, test } from "node:test";

import { assertNone, pages, start, visitAll } from "./site.mjs";

let site;
before(async () => { site = await start(); });
after(() => site.close());

/**
 * Notes what goes wrong in a tab; what went wrong since the last call is `take()`, which waits until all
 * that was asked for is answered and all that was said is heard.
 */
function watch(tab) {
  const troubles = [];
  const asked = new Set();
  let answered = () => {};
  for (const event of ["requestfinished", "requestfailed"]) {
    tab.on(event, (request) => {
      asked.delete(request);
      answered();
    });
  }
  tab.on("console", (message) => {
    // Chromium says "Refused to …" there when the Content-Security-Policy forbids something.
    if (["error", "warning"].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  tab.on("pageerror", (error) => troubles.push(`script: ${error.message}`));
  tab.on("requestfailed", (request) => troubles.push(`failed: ${request.url()}: ${request.failure().errorText}`));
  tab.on("response", (response) => {
    if (response.status() >= 400) troubles.push(`status ${response.status()}: ${response.url()}`);
  });
  tab.on("request", (request) => {
    asked.add(request);
    const { origin, protocol } = new URL(request.url());
    if (origin !== site.origin && protocol !== "data:" && protocol !== "blob:") troubles.push(`another origin: ${request.url()}`);
  });
  const take = async () => {
    // What the browser says comes in the order in which it happened.
    const last = "this is the last message";
    const isHeard = tab.waitForEvent("console", (message) => message.text() === last);
    await tab.evaluate((last) => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(() => resolve(console.debug(last)))); }), last);
    await isHeard;
    while (asked.size > 0) await new Promise((resolve) => { answered = resolve; });
    return troubles.splice(0);
  };
  return { take };
}

test("no page has an error, or asks for what is not there or not its own", async () => {
  const context = await site.context();
  const watches = new Map();
  const findings = await visitAll(context, pages, async (tab, path) => {
    if (!watches.has(tab)) watches.set(tab, watch(tab));
    await tab.goto(`/${path}`);
    return watches.get(tab).take();
  });
  assertNone(findings);
});

test("nor has what a reader can use on it", async () => {
  const context = await site.context({ permissions: ["clipboard-read", "clipboard-write"] });
  const tab = await context.newPage();
  const troubles = watch(tab);
  await tab.goto("/connect/headers-helper.html");
  await tab.locator(".copy").first().click();
  await tab.getByRole("button", { name: "Copy page" }).click();
  await tab.locator("#pb-theme").click();
  await tab.keyboard.press("/");
  await tab.keyboard.type("invalid_grant");
  await tab.getByRole("option").first().waitFor();
  await tab.keyboard.press("Enter");
  await tab.waitForURL(/#/);
  assertNone(await troubles.take());
});
