// A static web server that compresses as a host would, and counts what goes over the wire.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
  ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp",
  ".woff2": "font/woff2", ".wasm": "application/wasm", ".txt": "text/plain", ".md": "text/markdown",
};
const COMPRESSED = new Set([".png", ".webp", ".woff2"]);

// The slow 4G network of Lighthouse: what all answers share, and what each of them waits.
const BYTES_PER_MILLISECOND = 1.6e6 / 8 / 1000;
const LATENCY = 150;

/**
 * Serves a folder, and texts by their path, on loopback. `take` gives what was asked for since the last `take`. Set `isSlow`
 * for a slow network: the browser's own switch for that forgets the workers.
 */
export async function serve(folder, texts = {}) {
  let log = [];
  let link = Promise.resolve();
  const ready = new Map();
  const site = { isSlow: false, pending: 0 };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://host").pathname);
    site.pending++;
    response.once("close", () => { site.pending--; });
    if (!ready.has(path)) ready.set(path, await load(folder, path, texts));
    const { status, headers, body } = ready.get(path);
    if (site.isSlow) {
      await sleep(LATENCY);
      link = link.then(() => sleep(body.length / BYTES_PER_MILLISECOND));
      await link;
    }
    const { socket } = response;
    if (!socket) return;
    const before = socket.bytesWritten;
    response.once("finish", () => {
      log.push({ path, status, bytes: socket.bytesWritten - before, isScript: headers["content-type"] === TYPES[".js"] });
    });
    response.writeHead(status, headers);
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(site, {
    root: `http://127.0.0.1:${server.address().port}/`,
    take: () => { const taken = log; log = []; return taken; },
    close: () => { server.closeAllConnections(); server.close(); },
  });
}

async function load(folder, path, texts) {
  const name = normalize(path.endsWith("/") ? `${path}index.html` : path);
  const type = extname(name);
  let content;
  try {
    content = texts[name] ?? await readFile(join(folder, name));
  } catch {
    return { status: 404, headers: { "content-type": "text/plain" }, body: Buffer.from("not found") };
  }
  const isCompressed = COMPRESSED.has(type) || content.length < 200;
  const body = isCompressed ? Buffer.from(content) : gzipSync(content, { level: 6 });
  const headers = { "content-type": TYPES[type] ?? "application/octet-stream", "content-length": body.length };
  if (!isCompressed) headers["content-encoding"] = "gzip";
  return { status: 200, headers, body };
}
