#!/usr/bin/env node
// A local MCP server that passes every message on to a remote one that asks for a client certificate.
//
// Needs Node 20 and the variables ACME_MCP_URL, ACME_CLIENT_CERT and ACME_CLIENT_KEY (paths of PEM
// files; the key's with mode 0600). Optional: ACME_CA_CERT, the path of the CA that signed the
// server's certificate, and ACME_CLIENT_KEY_PASSPHRASE. Reads the files anew for each request, so
// that a renewed certificate needs no restart.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { Agent, request as startHttps } from 'node:https';
import { createInterface } from 'node:readline';

const SECONDS_TO_ANSWER = 60;
const VERSION = 'io.modelcontextprotocol/protocolVersion';
const NAMES = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' };
const CANCELLED = new Error('cancelled by the client');

const url = readUrl(process.env.ACME_MCP_URL);
// A connection for each request: none that the server has closed in the meantime.
const agent = new Agent({ keepAlive: false });
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
  const response = await post(line, protocolHeaders(message), stop.signal).finally(() =>
    clearTimeout(timer),
  );
  const isGood = response.statusCode >= 200 && response.statusCode < 300;
  if (message.method === 'initialize') session = response.headers['mcp-session-id'];
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
  if (wantsAnswer ? !isAnswered : !isGood) throw new Error(problem(response.statusCode));
}

// Follows no redirect: the certificate is for this server only.
function post(line, headers, signal) {
  const body = Buffer.from(line);
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
      agent,
      signal,
      ...readIdentity(),
    };
    const refuse = (error) => reject(signal.aborted ? signal.reason : error);
    startHttps(url, options, resolve).on('error', refuse).end(body);
  });
}

function readIdentity() {
  const { ACME_CLIENT_CERT, ACME_CLIENT_KEY, ACME_CA_CERT, ACME_CLIENT_KEY_PASSPHRASE } = process.env;
  return {
    cert: readFile('ACME_CLIENT_CERT', ACME_CLIENT_CERT),
    key: readFile('ACME_CLIENT_KEY', ACME_CLIENT_KEY, { isPrivate: true }),
    passphrase: ACME_CLIENT_KEY_PASSPHRASE || undefined,
    // Instead of the public CAs, not beside them.
    ca: ACME_CA_CERT ? readFile('ACME_CA_CERT', ACME_CA_CERT) : undefined,
  };
}

function readFile(name, path, { isPrivate = false } = {}) {
  let file;
  try {
    file = openSync(path ?? '', 'r');
  } catch (error) {
    throw new Error(`${name} cannot be read: ${error.code}`);
  }
  try {
    const { mode, uid } = fstatSync(file);
    const isSafe = process.platform === 'win32' || (uid === process.getuid() && !(mode & 0o077));
    if (isPrivate && !isSafe) throw new Error(`${name} must be yours, with mode 0600`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
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
  const type = response.headers['content-type'] ?? '';
  response.setEncoding('utf8');
  if (!type.startsWith('text/event-stream')) {
    let text = '';
    for await (const chunk of response) text += chunk;
    if (type.startsWith('application/json')) yield text;
    return;
  }
  let data = [];
  let rest = '';
  for await (const chunk of response) {
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

function problem(status) {
  if (status >= 300 && status < 400) {
    return `the server redirects (${status}); put the final address into ACME_MCP_URL`;
  }
  if (status >= 400) return `the server answered ${status}`;
  return `the server sent no answer to the request (${status})`;
}

function answerError(id, text) {
  print({ jsonrpc: '2.0', id, error: { code: -32000, message: `mTLS proxy: ${text}` } });
}

function print(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function reason(error) {
  return error.code ? `${error.code}: ${error.message}`.trim() : error.message;
}

function log(text) {
  process.stderr.write(`mTLS proxy: ${text}\n`);
}

function stopWith(text) {
  log(text);
  process.exit(1);
}

function readUrl(text) {
  if (!URL.canParse(text ?? '')) stopWith('ACME_MCP_URL is not set to a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:') stopWith('ACME_MCP_URL must start with https://');
  return url;
}
