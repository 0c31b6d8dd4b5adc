// The built site behind a server of its own, the browser, and what the tests say about pages.
// A test file has one subject and its own browser; this file knows none of the subjects.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

/** The folder of the built site. `SITE` names another one, to see a test fail. */
export const folder = process.env.SITE ?? fileURLToPath(new URL("../../dist/site", import.meta.url));

/** The program that built it. `PATTERNBOOK` names another one. */
export const program = process.env.PATTERNBOOK ?? fileURLToPath(new URL("../../target/release/patternbook", import.meta.url));

/** The paths of all pages, such as `connect/debug-401.html`, sorted. */
export const pages = filesBelow(folder).filter((path) => path.endsWith(".html")).sort();

/** The pages of chapters: all but the one for addresses that do not exist. */
export const chapters = pages.filter((path) => path !== "404.html");

/** One page of each type, for what need not be asked of every page. */
export const types = ["index.html", "choose.html", "compare.html", "symptoms.html", "connect/headers-helper.html", "oauth/client-credentials.html", "server/index.html", "reference/rules/mcp.html", "404.html"];

const MEDIA_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".gz": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
};

function filesBelow(top) {
  return readdirSync(top, { recursive: true })
    .filter((path) => statSync(join(top, path)).isFile())
    .map((path) => path.split(sep).join("/"));
}

/** The bytes of a file of the site. */
export function read(path) {
  return readFileSync(join(folder, path));
}

/** Serves the site on this machine alone, as a static host does: what is not there is `404.html`. */
export async function serve() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const path = normalize(join(folder, decodeURIComponent(pathname), pathname.endsWith("/") ? "index.html" : ""));
    const isInside = !relative(folder, path).startsWith("..");
    const isThere = isInside && statSync(path, { throwIfNoEntry: false })?.isFile();
    const found = isThere ? path : join(folder, "404.html");
    const type = MEDIA_TYPES[extname(found)] ?? "application/octet-stream";
    response.writeHead(isThere ? 200 : 404, { "content-type": type, "cache-control": "max-age=600" });
    response.end(readFileSync(found));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, close: () => { server.closeAllConnections(); server.close(); } };
}

/**
 * Starts the server and the browser for the tests of one file; call `close` when they have run.
 * `context` opens a window of a person without history; its options are those of Playwright.
 */
export async function start() {
  const server = await serve();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    // Chromium refuses its sandbox to root, who has no other user to fall back to.
    chromiumSandbox: process.getuid() !== 0,
  });
  return {
    origin: server.origin,
    context: async (options = {}) => {
      const context = await browser.newContext({ baseURL: server.origin, colorScheme: "light", viewport: { width: 1280, height: 800 }, ...options });
      await context.addInitScript(describeElement);
      return context;
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

/**
 * Visits pages in a few tabs of one context and gives back what `visit(tab, path)` found on
 * them: a list of texts for each page, each with the page's path before it.
 */
export async function visitAll(context, paths, visit) {
  const waiting = [...paths];
  const findings = new Map();
  const work = async () => {
    const tab = await context.newPage();
    for (let path = waiting.shift(); path; path = waiting.shift()) {
      findings.set(path, await visit(tab, path));
    }
    await tab.close();
  };
  await Promise.all([work(), work(), work()]);
  return paths.flatMap((path) => findings.get(path).map((finding) => `${path}: ${finding}`));
}

/** Fails with the findings, if there are any. */
export function assertNone(findings) {
  const shown = findings.slice(0, 30).join("\n  ");
  const more = findings.length > 30 ? `\n  … and ${findings.length - 30} more` : "";
  assert.ok(findings.length === 0, `${findings.length} found:\n  ${shown}${more}`);
}

/**
 * Runs in a page: gives its other scripts a function `describeElement`, which names an element so
 * that a person finds it: the path from the last element with an id, and the beginning of its text.
 */
export function describeElement() {
  globalThis.describeElement = (element) => {
    const steps = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const classes = [...at.classList].map((name) => `.${name}`).join("");
      steps.unshift(at.id ? `#${at.id}` : at.localName + classes);
      if (at.id) break;
    }
    const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `${steps.slice(-5).join(" > ")} “${text}”`;
  };
}
