#!/usr/bin/env node
// The server's side of signing-proxy.mjs: checks a signed request, and a small server to try it.
//
// `verify` accepts one form of signature and refuses all others. Run on its own, the file serves
// ACME_MCP_URL on its loopback port, and answers every request whose signature holds.
// Needs Node 20, and the variables ACME_MCP_URL, ACME_KEY_ID and ACME_KEY_FILE of the proxy.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const MAXIMUM_AGE = 60; // Seconds. The clocks of both sides must agree this closely.
const MAXIMUM_BODY = 1_000_000; // Bytes.
const FORM = new RegExp(
  '^sig1=(\\("@method" "@authority" "@path" "@query" "content-type" "content-digest"\\)' +
    ';created=([0-9]{1,12});nonce="([A-Za-z0-9_-]{22})"' +
    ';keyid="([A-Za-z0-9._-]{1,64})";alg="hmac-sha256")$',
);

// Servers that share the load must share this too, in a store that forgets by itself.
const seenNonces = new Map();

/**
 * Tells why a request is refused; nothing when its signature holds.
 *
 * `authority` is the host that clients know us by. It comes from our configuration and not from
 * the request. `keys` maps the id of a key to its bytes.
 */
export function verify(request, body, { authority, keys, now = Math.floor(Date.now() / 1000) }) {
  const { headers } = request;
  const [, params, created, nonce, keyId] = FORM.exec(headers['signature-input'] ?? '') ?? [];
  const [, signature] = /^sig1=:([A-Za-z0-9+/]{43}=):$/.exec(headers.signature ?? '') ?? [];
  if (params === undefined || signature === undefined) return 'no signature of the form we accept';
  const key = keys.get(keyId);
  if (key === undefined) return 'unknown key';
  if (Math.abs(now - Number(created)) > MAXIMUM_AGE) return 'signed too long ago, or in the future';

  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  if (headers['content-digest'] !== digest) return 'the body does not match its digest';
  const [path, query] = request.url.split(/\?(.*)/s);
  const base = [
    `"@method": ${request.method}`,
    `"@authority": ${authority}`,
    `"@path": ${path}`,
    `"@query": ?${query ?? ''}`,
    `"content-type": ${headers['content-type']}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${params}`,
  ].join('\n');
  const expected = createHmac('sha256', key).update(base).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'base64'))) return 'wrong signature';

  // Only now: an attacker without the key must not be able to fill the memory.
  for (const [old, until] of seenNonces) if (until < now) seenNonces.delete(old);
  const use = `${keyId} ${nonce}`;
  if (seenNonces.has(use)) return 'sent before';
  seenNonces.set(use, Number(created) + MAXIMUM_AGE);
  return undefined;
}

if (import.meta.url === new URL(process.argv[1], 'file:').href) {
  const { host, port } = new URL(process.env.ACME_MCP_URL);
  const key = Buffer.from(readFileSync(process.env.ACME_KEY_FILE, 'utf8').trim(), 'base64');
  const settings = { authority: host, keys: new Map([[process.env.ACME_KEY_ID, key]]) };
  createServer(async (request, response) => {
    const body = await read(request);
    const refusal = body === undefined ? 'body too large' : verify(request, body, settings);
    process.stderr.write(`${request.method} ${request.url}: ${refusal ?? 'signature holds'}\n`);
    if (refusal !== undefined) return response.writeHead(401).end();
    const { id } = JSON.parse(body.toString());
    if (id === undefined) return response.writeHead(202).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
  }).listen(Number(port), '127.0.0.1');
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAXIMUM_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
