// Nothing moves for a reader who asked for less motion.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertNone, start, types, visitAll } from "./site.mjs";

let site;
before(async () => { site = await start(); });
after(() => site.close());

/** The elements, and what stands before and after them, that would move. */
function moving() {
  const seconds = (list) => Math.max(...list.split(",").map((time) => parseFloat(time)));
  const found = [];
  for (const element of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after", "::marker", "::details-content"]) {
      const style = getComputedStyle(element, part);
      const reasons = [];
      if (seconds(style.transitionDuration) > 0) reasons.push(`transition of ${style.transitionProperty}`);
      if (style.animationName !== "none") reasons.push(`animation ${style.animationName}`);
      if (!part && style.scrollBehavior === "smooth") reasons.push("smooth scrolling");
      for (const reason of reasons) found.push(`${reason}: ${describeElement(element)}${part ?? ""}`);
    }
  }
  return found;
}

async function movingOn(reducedMotion) {
  const context = await site.context({ reducedMotion });
  return visitAll(context, types, async (tab, path) => {
    await tab.goto(`/${path}`);
    return tab.evaluate(moving);
  });
}

test("nothing moves where less motion is preferred", async () => {
  assertNone(await movingOn("reduce"));
});

test("something moves otherwise, so that the test above can fail", async () => {
  assert.notDeepEqual(await movingOn("no-preference"), []);
});
