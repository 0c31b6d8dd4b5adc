// The browser of all measurements: cold for each page, and slowed down where time is measured.

import { createRequire } from "node:module";
import { join } from "node:path";

/** Starts the browser. No name but loopback resolves, so what a page wants from elsewhere fails at once. */
export async function launch({ packages, browser }) {
  const { chromium } = createRequire(join(packages, "package.json"))("playwright-core");
  return chromium.launch({
    executablePath: browser,
    args: ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
  });
}

/** Runs `use` with a new page that has an empty cache. */
export async function withPage(browser, options, use) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  try {
    return await use(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Makes the processor four times slower, as Lighthouse does for a phone. It does not reach workers. */
export async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
