#!/usr/bin/env node
// A local MCP server that passes every message on to a remote one, each in a signed HTTP request.
//
// Signs as RFC 9421 says, with HMAC-SHA256: method, host, path, query, content type, body, the
// time, and a nonce. Needs Node 20 and three variables: ACME_MCP_URL, ACME_KEY_ID, and
// ACME_KEY_FILE, the path of a file with mode 0600 that holds the key in base64.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const SECONDS_TO_ANSWER = 60;
const COMPONENTS = ['@method', '@authority', '@path', '@query', 'content-type', 'content-digest'];
const VERSION = 'io.modelcontextprotocol/protocolVersion';
const NAMES = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' };
const CANCELLED = new Error('cancelled by the client');

const url = readUrl(process.env.ACME_MCP_URL);
const keyId = readKeyId(process.env.ACME_KEY_ID);
const key = readKey(process.env.ACME_KEY_FILE);
const requests = new Map();
// What `initialize` gave us. Servers of revision 2026-07-28 have neither.
let session;
let sessionVersion;

process.stdout.on('error', () => process.exit(0));
for await (const line of createInterface({ input: process.stdin })) {
  const message = parse(line);
  if (message === undefined) continue;
  if (message.method !== undefined && message.id !== undefined) startRequest(line, message);
  // Notifications and answers keep their order; requests run side by side.
  else if (!cancel(message)) await send(line, message).catch((error) => log(reason(error)));
}
setTimeout(() => process.exit(0), 5000).unref();
await Promise.allSettled([...requests.values()].map((request) => request.done));

function parse(line) {
  if (line.trim() === '') return undefined;
  try {
    const message = JSON.parse(line);
    if (message !== null && typeof message === 'object' && !Array.isArray(message)) return message;
  } catch {
    // Reported below.
  }
  log('a line of the input is no JSON-RPC message');
  return undefined;
}

function startRequest(line, message) {
  const stop = new AbortController();
  const done = send(line, message, stop)
    .catch((error) => {
      if (error !== CANCELLED) answerError(message.id, reason(error));
    })
    .finally(() => requests.delete(message.id));
  requests.set(message.id, { stop, done });
}

// Over HTTP the end of the connection cancels a request. Servers with sessions want the message.
function cancel({ method, params }) {
  if (method !== 'notifications/cancelled') return false;
  requests.get(params?.requestId)?.stop.abort(CANCELLED);
  return sessionVersion === undefined;
}

async function send(line, message, stop = new AbortController()) {
  const late = new Error(`no answer within ${SECONDS_TO_ANSWER} s`);
  const timer = setTimeout(() => stop.abort(late), SECONDS_TO_ANSWER * 1000);
  const body = Buffer.from(line);
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...protocolHeaders(message), ...sign('POST', body) },
    body,
    redirect: 'manual', // The signature holds for this address only.
    signal: stop.signal,
  }).finally(() => clearTimeout(timer));
  if (message.method === 'initialize') session = response.headers.get('mcp-session-id') ?? undefined;
  let isAnswered = false;
  for await (const text of texts(response)) {
    const answer = toMessage(text);
    if (answer === undefined || message.id === undefined) continue;
    if (answer.error !== undefined) answer.id ??= message.id;
    isAnswered ||= answer.id === message.id && answer.method === undefined;
    if (message.method === 'initialize') sessionVersion ??= answer.result?.protocolVersion;
    print(answer);
  }
  const wantsAnswer = message.method !== undefined && message.id !== undefined;
  if (wantsAnswer ? !isAnswered : !response.ok) throw new Error(problem(response));
}

function sign(method, body) {
  const fields = {
    'content-type': 'application/json',
    'content-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
  };
  const values = {
    '@method': method,
    '@authority': url.host,
    '@path': url.pathname,
    '@query': url.search || '?',
    ...fields,
  };
  const created = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString('base64url');
  const list = COMPONENTS.map((name) => `"${name}"`).join(' ');
  const input = `(${list});created=${created};nonce="${nonce}";keyid="${keyId}";alg="hmac-sha256"`;
  const lines = COMPONENTS.map((name) => `"${name}": ${values[name]}`);
  const base = [...lines, `"@signature-params": ${input}`].join('\n');
  const signature = createHmac('sha256', key).update(base).digest('base64');
  return { ...fields, 'signature-input': `sig1=${input}`, signature: `sig1=:${signature}:` };
}

function protocolHeaders({ method, params }) {
  const headers = { accept: 'application/json, text/event-stream' };
  const version = params?._meta?.[VERSION];
  if (version === undefined) {
    if (method === 'initialize') return headers;
    if (sessionVersion !== undefined) headers['mcp-protocol-version'] = sessionVersion;
    if (session !== undefined) headers['mcp-session-id'] = session;
    return headers;
  }
  headers['mcp-protocol-version'] = version;
  if (method !== undefined) headers['mcp-method'] = method;
  const name = params[NAMES[method]];
  if (name !== undefined) headers['mcp-name'] = headerValue(String(name));
  return headers;
}

function headerValue(text) {
  const isPlain = /^[!-~]([ -~]*[!-~])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

// The JSON texts of an answer: one, or those of an event stream.
async function* texts(response) {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream')) {
    const text = await response.text();
    if (type.startsWith('application/json')) yield text;
    return;
  }
  let data = [];
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
  }
}

function toMessage(text) {
  try {
    const message = JSON.parse(text);
    return message?.jsonrpc === '2.0' ? message : undefined;
  } catch {
    return undefined;
  }
}

function problem(response) {
  if (response.status >= 300 && response.status < 400) {
    return `the server redirects (${response.status}); put the final address into ACME_MCP_URL`;
  }
  const date = Date.parse(response.headers.get('date') ?? '');
  const drift = Math.round((Date.now() - date) / 1000);
  const clock = Math.abs(drift) > 5 ? `; the clocks differ by ${drift} s` : '';
  if (!response.ok) return `the server answered ${response.status}${clock}`;
  return `the server sent no answer to the request (${response.status})`;
}

function answerError(id, text) {
  print({ jsonrpc: '2.0', id, error: { code: -32000, message: `signing proxy: ${text}` } });
}

function print(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function reason(error) {
  return (error.cause?.message || error.cause?.code || error.message).trim();
}

function log(text) {
  process.stderr.write(`signing proxy: ${text}\n`);
}

function stopWith(text) {
  log(text);
  process.exit(1);
}

function readUrl(text) {
  if (!URL.canParse(text ?? '')) stopWith('ACME_MCP_URL is not set to a URL');
  const url = new URL(text);
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
    stopWith('ACME_MCP_URL must start with https://');
  }
  if (url.username || url.password) stopWith('ACME_MCP_URL must not hold a credential');
  return url;
}

function readKeyId(text) {
  if (!/^[A-Za-z0-9._-]+$/.test(text ?? '')) stopWith('ACME_KEY_ID is not set to the id of a key');
  return text;
}

function readKey(path) {
  let text;
  try {
    const file = openSync(path ?? '', 'r');
    const { mode, uid } = fstatSync(file);
    const isPrivate = process.platform === 'win32' || (uid === process.getuid() && !(mode & 0o077));
    if (!isPrivate) stopWith('ACME_KEY_FILE must be yours, with mode 0600');
    text = readFileSync(file, 'utf8').trim();
    closeSync(file);
  } catch (error) {
    stopWith(`ACME_KEY_FILE cannot be read: ${error.code}`);
  }
  const key = Buffer.from(text, 'base64');
  if (key.toString('base64') !== text || key.length < 32) {
    stopWith('ACME_KEY_FILE does not hold a key of 32 bytes or more in base64');
  }
  return key;
}
