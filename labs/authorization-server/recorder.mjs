// Remembers every request since the last reset, in order of arrival. Each lab that needs this file holds a copy.

const BODY_LIMIT = 64 * 1024;

/** Records the requests of an https server. */
export class Recorder {
  #exchanges = [];

  /** Starts to watch one request; its body is seen as it arrives, whoever reads it. */
  watch(request, response) {
    const exchange = { request, response, body: Buffer.alloc(0) };
    const { push } = request;
    // oidc-provider reads the body from the stream itself. Watching `push` sees the bytes without taking them away.
    request.push = function watchedPush(chunk, encoding) {
      if (chunk && exchange.body.length < BODY_LIMIT) {
        exchange.body = Buffer.concat([exchange.body, Buffer.from(chunk, encoding)]).subarray(0, BODY_LIMIT);
      }
      return push.call(this, chunk, encoding);
    };
    this.#exchanges.push(exchange);
  }

  forget() {
    this.#exchanges = [];
  }

  list() {
    return this.#exchanges.map(describe);
  }
}

function describe({ request, response, body }) {
  const url = new URL(request.url, `https://${request.headers.host ?? 'unknown'}`);
  const text = body.toString('utf8');
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return {
    host: url.hostname,
    method: request.method,
    path: url.pathname,
    query: pairs(url.searchParams),
    headers: joined(request.headers),
    body: text,
    form: isForm ? pairs(new URLSearchParams(text)) : undefined,
    claims: claimsOf(request.headers.authorization),
    status: response.headersSent ? response.statusCode : null,
    responseHeaders: joined(response.getHeaders()),
  };
}

/** A name that occurs twice keeps both values, in a list. */
function pairs(parameters) {
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function joined(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

/** The payload of the JWT in an Authorization header, not verified: a test wants to see wrong ones too. */
function claimsOf(authorization) {
  const payload = /^(?:Bearer|DPoP) [\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization ?? '')?.[1];
  if (!payload) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
