// Every fault that the token endpoint can serve: its name, what it does in one line, and how.
//
// To add one, add an entry to the group it belongs to. Besides `about` it has one of
//   token    any JSON value, given in place of the token in an otherwise healthy answer
//   fields   fields laid over the healthy JSON answer; `undefined` removes one
//   reply    { status, headers, body } to send as it is; an object as the body is sent as JSON
//   answer   an async function of the exchange (exchange.mjs), for what takes time or breaks the connection
//   connect  what happens to a new connection before any request (connections.mjs)
import { gzipSync } from 'node:zlib';

const SECOND = 1000;
const MEGABYTE = 1_000_000;
/** A redirect leads here, and this path is always answered as `ok`. */
export const REDIRECTED_PATH = '/redirected';
const OTHER_HOST = 'https://login.acme.internal';
const SIGN_IN_PAGE = '<!DOCTYPE html><title>Sign in</title><form method="post"><input name="password"></form>\n';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

const HEALTHY = {
  ok: { about: 'a healthy answer', fields: {} },
  'json-body': { about: 'a healthy JSON answer, whatever `format` says', answer: (exchange) => exchange.giveJson({}) },
  'lower-case-type': { about: 'token_type is `bearer` in small letters, which is the same type', fields: { token_type: 'bearer' } },
  'no-type': { about: 'token_type is missing', fields: { token_type: undefined } },
  'no-lifetime': { about: 'expires_in is missing', fields: { expires_in: undefined } },
  'lifetime-as-string': { about: 'expires_in is the string "3600"', fields: { expires_in: '3600' } },
  'lifetime-huge': { about: 'expires_in is 1e12 seconds', fields: { expires_in: 1e12 } },
  'lifetime-negative': { about: 'expires_in is -5', fields: { expires_in: -5 } },
  'by-resource': { about: 'the token names the `resource` of the request: for-https...a.example.mcp', answer: giveTokenForResource },
  'secret-in-answer': { about: 'a healthy answer that also repeats the whole request, with its secrets', answer: (exchange) => exchange.giveJson({ debug: exchange.everythingReceived() }) },
};

const TOKENS = {
  'token-null': { about: 'the token is null', token: null },
  'token-missing': { about: 'the answer has every field but the token', fields: { access_token: undefined } },
  'token-empty': { about: 'the token is the empty string', token: '' },
  'token-number': { about: 'the token is the number 12345', token: 12345 },
  'token-object': { about: 'the token is an object', token: { value: 'tok-GOOD' } },
  'token-with-space': { about: 'the token holds a space', token: 'tok en' },
  'token-with-quote': { about: 'the token holds a quotation mark', token: 'tok"en' },
  'token-with-backslash': { about: 'the token holds a backslash', token: 'tok\\en' },
  'token-with-newline': { about: 'the token holds a line feed', token: 'tok\nen' },
  'token-with-trailing-newline': { about: 'the token ends with a line feed', token: 'token\n' },
  'token-with-crlf': { about: 'the token holds CR LF and a header line', token: 'tok\r\nX-Evil: 1' },
  'token-with-tab': { about: 'the token holds a tab', token: 'tok\ten' },
  'token-with-nul': { about: 'the token holds NUL, escaped as JSON asks', token: 'tok\u0000en' },
  'token-with-unicode': { about: 'the token holds letters outside ASCII', token: 'tök€n' },
  'token-with-command': { about: 'the token holds $(…) and `…`', token: 'tok$(touch pwned)`touch pwned`' },
  'token-with-percent': { about: 'the token holds printf directives', token: 'tok%s%n%d' },
  'header-injection': { about: 'the token closes the JSON string and adds a header', token: 'x","X-Evil":"1' },
  'long-token': { about: 'the token has 9000 letters, more than many servers take in a header', token: 'a'.repeat(9000) },
  'type-dpop': { about: 'token_type is DPoP: the token is no bearer token', fields: { token_type: 'DPoP' } },
  'type-number': { about: 'token_type is a number', fields: { token_type: 5 } },
};

const BODIES = {
  'empty-body': { about: '200 with an empty body', reply: { body: '' } },
  'json-null': { about: '200 with the body null', reply: { body: 'null' } },
  'json-array': { about: 'the healthy answer inside an array', answer: (exchange) => exchange.reply({ body: [exchange.tokenFields()] }) },
  'json-string': { about: 'the token as a JSON string', answer: (exchange) => exchange.reply({ body: JSON.stringify(exchange.token) }) },
  'json-error': { about: '200 with an OAuth error, as some services do', reply: { body: { error: 'invalid_client', error_description: 'try again later' } } },
  'cut-json': { about: 'a complete HTTP answer whose JSON ends in the middle of the token', answer: (exchange) => exchange.reply({ body: exchange.halfBody() }) },
  'two-documents': { about: 'two healthy JSON answers, one after the other', answer: giveTwoDocuments },
  'raw-newline': { about: 'an unescaped line feed inside the JSON string', reply: { body: '{"access_token":"tok\nen","token_type":"Bearer"}' } },
  'raw-nul': { about: 'an unescaped NUL inside the JSON string', reply: { body: '{"access_token":"tok\0en","token_type":"Bearer"}' } },
  'invalid-utf8': { about: 'bytes that are not UTF-8 inside the JSON string', reply: { body: Buffer.from('{"access_token":"tok\xff\xfe","token_type":"Bearer"}', 'latin1') } },
  'plain-token': { about: 'the token as plain text, whatever `format` says', answer: (exchange) => exchange.reply({ headers: { 'content-type': 'text/plain' }, body: exchange.token }) },
  'plain-bearer': { about: 'plain text: Bearer, a space, the token', answer: (exchange) => exchange.reply({ headers: { 'content-type': 'text/plain' }, body: `Bearer ${exchange.token}` }) },
  'sign-in-page': { about: '200 with an HTML page that asks for a password', reply: { headers: HTML, body: SIGN_IN_PAGE } },
  'gzip-body': { about: 'a healthy answer, compressed although nobody asked for it', answer: giveGzip },
  'broken-gzip': { about: 'says that the body is gzip, and it is not', reply: { headers: { 'content-encoding': 'gzip' }, body: Buffer.from([31, 139, 8, 0]) } },
  'huge-body': { about: 'a JSON answer with a token of 5 MB', token: 'a'.repeat(5 * MEGABYTE) },
  'huge-chunked': { about: 'a body of 400 MB without a length', answer: sendHugeChunks },
};

const STATUSES = {
  'http-201': { about: 'a token with the status 201', answer: (exchange) => exchange.giveToken({ status: 201 }) },
  'http-204': { about: '204 without a body', reply: { status: 204, body: '' } },
  'http-300': { about: 'a token with the status 300', answer: (exchange) => exchange.giveToken({ status: 300 }) },
  'http-400': { about: '400 invalid_request', reply: { status: 400, body: { error: 'invalid_request' } } },
  'http-401': { about: '401 invalid_client', reply: { status: 401, headers: { 'www-authenticate': 'Basic realm="token"' }, body: { error: 'invalid_client' } } },
  'http-403': { about: '403 access_denied', reply: { status: 403, body: { error: 'access_denied' } } },
  'http-404': { about: '404 with an HTML page', reply: { status: 404, headers: HTML, body: '<h1>Not Found</h1>\n' } },
  'http-429': { about: '429 with Retry-After: 5', reply: { status: 429, headers: { 'retry-after': '5' }, body: { error: 'slow_down' } } },
  'http-500': { about: '500 with an HTML page', reply: { status: 500, headers: HTML, body: '<h1>Internal Server Error</h1>\n' } },
  'http-503': { about: '503 with Retry-After: 5', reply: { status: 503, headers: { 'retry-after': '5' }, body: { error: 'temporarily_unavailable' } } },
  'look-alike-401': { about: '401 with the body of a healthy answer', answer: (exchange) => exchange.giveToken({ status: 401 }) },
  'look-alike-503': { about: '503 with the body of a healthy answer', answer: (exchange) => exchange.giveToken({ status: 503 }) },
  'secret-in-error': { about: '400 with a body that repeats the whole request, with its secrets', answer: giveSecretInError },
  'weird-status': { about: 'the status 999', answer: (exchange) => exchange.sendRaw('HTTP/1.1 999 Weird\r\nContent-Length: 2\r\n\r\n{}') },
  redirect: { about: '302 to a path that gives a token; a token is in its own body, too', answer: (exchange) => exchange.giveToken({ status: 302, headers: { location: REDIRECTED_PATH } }) },
  'redirect-307': { about: '307 to another host that gives a token', answer: (exchange) => exchange.giveToken({ status: 307, headers: { location: OTHER_HOST + REDIRECTED_PATH } }) },
  'redirect-to-http': { about: '302 to a URL without TLS', reply: { status: 302, headers: { location: 'http://auth.example.com/token' }, body: '' } },
  'redirect-loop': { about: '302 to the same path, for ever', answer: (exchange) => exchange.reply({ status: 302, headers: { location: exchange.record.path }, body: '' }) },
};

const TRANSPORT = {
  hang: { about: 'takes the request and never answers', answer: async () => {} },
  'after-30s': { about: 'a healthy answer after 30 seconds', answer: giveTokenLate },
  'slow-body': { about: 'a healthy answer, one byte each half second', answer: sendSlowly },
  'slow-headers': { about: 'the header lines never end, one each half second', answer: sendHeadersForEver },
  'connection-reset': { about: 'resets the connection (RST) instead of an answer', answer: async (exchange) => exchange.resetConnection() },
  'connection-closed': { about: 'closes the connection (FIN) instead of an answer', answer: async (exchange) => exchange.sendRaw('') },
  'truncated-body': { about: 'closes the connection in the middle of the token, before the announced length', answer: (exchange) => exchange.sendPart(exchange.halfBody(), { announceLength: true }) },
  'truncated-after-token': { about: 'closes the connection after the whole JSON, before the announced length', answer: (exchange) => exchange.sendPart(exchange.healthyBody(), { announceLength: true }) },
  'chunked-truncated': { about: 'closes the connection after the whole JSON, without the last chunk', answer: (exchange) => exchange.sendPart(exchange.healthyBody(), { announceLength: false }) },
  'not-http': { about: 'answers with a line that is not HTTP', answer: (exchange) => exchange.sendRaw('220 mail.example.com ready\r\n') },
  refused: { about: 'refuses connections until the next reset or set', connect: 'refuse' },
  'black-hole': { about: 'accepts the connection and never says anything, not even TLS', connect: 'silence' },
  'wrong-ca': { about: 'shows a certificate of a CA that nobody trusts', connect: 'wrong-ca' },
  'no-tls': { about: 'answers in plain HTTP on the port of https', connect: 'no-tls' },
  'tls-reset': { about: 'resets the connection (RST) in the middle of the TLS handshake', connect: 'tls-reset' },
};

export const FAULTS = Object.freeze({ ...HEALTHY, ...TOKENS, ...BODIES, ...STATUSES, ...TRANSPORT });

function giveTokenForResource(exchange) {
  const resource = exchange.record.form?.resource ?? exchange.record.query.resource ?? 'none';
  exchange.token = `for-${resource.replace(/[^a-z0-9]/gi, '.')}`;
  return exchange.giveToken();
}

function giveSecretInError(exchange) {
  const body = { error: 'invalid_request', error_description: exchange.everythingReceived() };
  return exchange.reply({ status: 400, body });
}

function giveTwoDocuments(exchange) {
  return exchange.reply({ body: exchange.healthyBody() + exchange.healthyBody() });
}

function giveGzip(exchange) {
  return exchange.reply({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(exchange.healthyBody()) });
}

async function giveTokenLate(exchange) {
  await exchange.wait(30 * SECOND);
  await exchange.giveToken();
}

async function sendSlowly(exchange) {
  exchange.startReply({});
  for (const letter of exchange.healthyBody()) {
    exchange.response.write(letter);
    await exchange.wait(SECOND / 2);
  }
  exchange.response.end();
}

async function sendHeadersForEver(exchange) {
  exchange.record.status = 200;
  exchange.request.socket.write('HTTP/1.1 200 OK\r\n');
  for (let line = 1; ; line += 1) {
    exchange.request.socket.write(`X-Wait-${line}: please\r\n`);
    await exchange.wait(SECOND / 2);
  }
}

async function sendHugeChunks(exchange) {
  exchange.startReply({});
  exchange.response.write('{"access_token":"');
  const chunk = 'a'.repeat(MEGABYTE);
  for (let sent = 0; sent < 400; sent += 1) {
    // A client that reads slowly must not make this process keep 400 MB.
    if (!exchange.response.write(chunk)) await exchange.drained();
  }
  exchange.response.end('"}');
}
