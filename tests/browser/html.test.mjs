// Every page is valid HTML.

import { after, before, test } from "node:test";

import { HtmlValidate } from "html-validate";

import { assertNone, pages, read, start, types, visitAll } from "./site.mjs";

const RULES = {
  // A matter of taste: HTML reads `doctype` in any case.
  "doctype-style": "off",
  // A matter of taste: where a window's title is cut, the site's name goes first.
  "long-title": "off",
  // An id may begin with a digit, as that of the heading "401 Unauthorized" does.
  "valid-id": ["error", { relaxed: true }],
};
// Browsers write out a page with their own taste.
const RULES_OF_A_BROWSER = {
  ...RULES,
  "attribute-boolean-style": "off",
  "attribute-empty-style": "off",
  // The results are links below headings: no `select` holds such.
  "prefer-native-element": ["error", { exclude: ["listbox"] }],
};

let site;
before(async () => { site = await start(); });
after(() => site.close());

async function faults(html, rules) {
  const validator = new HtmlValidate({ root: true, extends: ["html-validate:recommended"], rules });
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) => messages)
    .map(({ line, column, ruleId, message, selector }) => `${line}:${column}: ${ruleId}: ${message} (${selector})`);
}

test("every page is valid as it is built", async () => {
  const findings = [];
  for (const path of pages) {
    for (const fault of await faults(read(path).toString(), RULES)) findings.push(`${path}:${fault}`);
  }
  assertNone(findings);
});

test("a page is still valid with what the script adds", async () => {
  const context = await site.context();
  assertNone(await visitAll(context, types, async (tab, path) => {
    await tab.goto(`/${path}`);
    await tab.getByRole("combobox").fill("invalid_grant");
    await tab.getByRole("option").first().waitFor();
    return faults(await tab.content(), RULES_OF_A_BROWSER);
  }));
});
