#!/usr/bin/env node
// Signs in where a browser would: follows an authorization URL with a cookie jar up to the redirect address.
//
//   oauth-login [--deliver] [--until PREFIX] URL
//
// Prints the last URL, with `code` or `error` in it, and asks for it only with --deliver: then the program that waits
// there gets its answer. By default it stops at the first address outside the origin of URL; with --until at the first
// one that starts so. A page without a redirect (a device's verification_uri_complete) is the end as well.
// Exit status: 0, or 1 with a message on stderr when a page answers with an error.
import { parseArgs } from 'node:util';

const LIMIT_PER_REQUEST = 8000;
const MOST_REDIRECTS = 20;

const { values, positionals } = parseArgs({
  options: { deliver: { type: 'boolean' }, until: { type: 'string' } },
  allowPositionals: true,
});
if (positionals.length !== 1) fail('usage: oauth-login [--deliver] [--until PREFIX] URL');

const start = new URL(positionals[0]);
const jar = new Map();
const last = await follow(start);
if (last.redirected && values.deliver) await deliver(last.url);
console.log(last.url.href);

async function follow(url) {
  for (let count = 0; count < MOST_REDIRECTS; count += 1) {
    const response = await visit(url);
    const location = response.headers.get('location');
    if (!location) {
      if (!response.ok) fail(`${url.origin}${url.pathname} answered ${response.status}: ${plain(await response.text())}`);
      return { url, redirected: false };
    }
    url = new URL(location, url);
    if (isEnd(url)) return { url, redirected: true };
  }
  return fail(`more than ${MOST_REDIRECTS} redirects`);
}

function isEnd(url) {
  return values.until ? url.href.startsWith(values.until) : url.origin !== start.origin;
}

async function visit(url) {
  const cookies = jar.get(url.origin) ?? new Map();
  jar.set(url.origin, cookies);
  const response = await get(url, {
    accept: 'text/html',
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    if (value) cookies.set(name, value);
    else cookies.delete(name);
  }
  return response;
}

async function deliver(url) {
  const response = await get(url, {});
  if (!response.ok) fail(`${url.origin}${url.pathname} answered ${response.status}: ${plain(await response.text())}`);
}

async function get(url, headers) {
  try {
    return await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(LIMIT_PER_REQUEST) });
  } catch (error) {
    return fail(`cannot reach ${url.origin}: ${error.cause?.message ?? error.message}`);
  }
}

function plain(html) {
  return html.replace(/<(style|script)[^]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 300);
}

function fail(message) {
  console.error(`oauth-login: ${message}`);
  process.exit(1);
}
