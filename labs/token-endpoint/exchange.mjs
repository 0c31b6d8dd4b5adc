// One request and what can be done to answer it. Faults are written in these words.

const BODY_LIMIT = 64 * 1024;
const FORM = 'application/x-www-form-urlencoded';
/** Small, so that the client misses something before it refuses a body that is too long. */
const MISSING_BYTES = 400;
/** Long enough for the part to arrive before the connection closes. */
const PART_MS = 20;

/**
 * What `{"requests":true}` shows of a request; `status` is null as long as no answer began.
 * @param {import('node:http').IncomingMessage} request
 */
export function newRecord(request) {
  const [path, query = ''] = splitOnce(request.url, '?');
  return {
    host: request.headers.host ?? '',
    method: request.method,
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: { ...request.headers },
    body: '',
    form: undefined,
    claims: claimsOf(request.headers.authorization),
    status: null,
    responseHeaders: {},
  };
}

/** Reads the body to its end, and keeps the first 64 KB in the record. */
export async function readBody(request, record) {
  const chunks = [];
  let kept = 0;
  for await (const chunk of request) {
    if (kept < BODY_LIMIT) chunks.push(chunk.subarray(0, BODY_LIMIT - kept));
    kept += chunk.length;
    record.body = Buffer.concat(chunks).toString();
  }
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith(FORM)) record.form = Object.fromEntries(new URLSearchParams(record.body));
}

export class Exchange {
  /**
   * @param {{request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse,
   *   record: ReturnType<typeof newRecord>, options: import('./options.mjs').Options, number: number,
   *   resetConnection: () => void}} parts `number` counts the requests since the last reset, from 1.
   */
  constructor({ request, response, record, options, number, resetConnection }) {
    this.request = request;
    this.response = response;
    this.record = record;
    this.options = options;
    this.resetConnection = resetConnection;
    /** A fault may give another one. */
    this.token = options.count ? `tok-${number}` : options.token;
  }

  tokenFields() {
    const fields = { access_token: this.token, token_type: 'Bearer' };
    if (this.options.lifetime !== null) fields.expires_in = this.options.lifetime;
    return fields;
  }

  healthyBody(changes = {}) {
    if (this.options.body !== null) return this.options.body;
    if (this.options.format === 'text') return String(this.token);
    return JSON.stringify({ ...this.tokenFields(), ...changes });
  }

  /** The healthy body up to the middle of the token. */
  halfBody() {
    const body = this.healthyBody();
    return body.slice(0, Math.max(body.indexOf(this.token), 0) + Math.ceil(this.token.length / 2));
  }

  async giveToken({ status = 200, headers = {}, fields = {} } = {}) {
    const type = this.options.format === 'text' ? 'text/plain' : 'application/json';
    await this.reply({ status, headers: { 'content-type': type, ...headers }, body: this.healthyBody(fields) });
  }

  async giveJson(fields) {
    await this.reply({ body: { ...this.tokenFields(), ...fields } });
  }

  async reply({ status = 200, headers = {}, body }) {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    // A 204 has no length: RFC 9110, section 8.6.
    const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(bytes)) };
    this.startReply({ status, headers: { ...length, ...headers } });
    this.response.end(bytes);
  }

  startReply({ status = 200, headers = {} }) {
    const all = { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers };
    this.record.status = status;
    this.record.responseHeaders = all;
    this.response.writeHead(status, all);
  }

  /** Sends `text` as the beginning of a body, and closes the connection. */
  async sendPart(text, { announceLength }) {
    const length = Buffer.byteLength(text) + MISSING_BYTES;
    this.startReply({ headers: announceLength ? { 'content-length': String(length) } : {} });
    this.response.write(text);
    await this.wait(PART_MS);
    this.request.socket.destroy();
  }

  /** Sends `text` in place of an HTTP answer, and closes the connection. */
  async sendRaw(text) {
    const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
    this.record.status = status === undefined ? null : Number(status);
    this.request.socket.end(text);
  }

  /** All that came with the request, secrets included, also the password of a Basic login in clear. */
  everythingReceived() {
    const { headers, body } = this.record;
    const [scheme, value = ''] = splitOnce(headers.authorization ?? '', ' ');
    const login = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : '';
    return JSON.stringify({ login, headers, body });
  }

  /** Never returns when the connection closes first: the fault ends there. */
  wait(milliseconds) {
    return new Promise((resolve) => {
      const giveUp = () => clearTimeout(timer);
      const timer = setTimeout(() => {
        this.response.off('close', giveUp);
        resolve();
      }, milliseconds);
      this.response.once('close', giveUp);
    });
  }

  drained() {
    return new Promise((resolve) => this.response.once('drain', resolve));
  }
}

function claimsOf(authorization = '') {
  const token = /^bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? '';
  const payload = token.split('.');
  if (payload.length !== 3) return undefined;
  try {
    return JSON.parse(Buffer.from(payload[1], 'base64url').toString());
  } catch {
    return undefined;
  }
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
