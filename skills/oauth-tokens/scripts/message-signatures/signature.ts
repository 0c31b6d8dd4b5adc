import { createHash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const TOLERANCE = 60; // Seconds, to both sides.
const INPUT = /^([a-z][a-z0-9_-]*)=(\(((?:"[a-z@-]+" ?)*)\)((?:;[a-z]+=(?:"[^"\\]*"|[0-9]+))*))$/;

export interface SignedRequest {
  method: string;
  url: string; // Path and query, as Node's `request.url`.
  headers: Record<string, string | undefined>; // Names in lower case.
  body: Buffer;
}

export interface Expectations {
  authority: string; // The host that clients know us by. It comes from our configuration.
  keys: Map<string, KeyObject>; // Public Ed25519 keys by their id.
  covered?: string[]; // What a signature must cover at least.
  seen: Map<string, number>; // Used signatures. Several processes need one store for all.
  now?: number;
}

const COVERED = ['@method', '@authority', '@path', '@query', 'content-digest'];

/** Tells why a request is refused; nothing when its signature holds. */
export function checkSignature(request: SignedRequest, expectations: Expectations): string | undefined {
  const { authority, keys, covered = COVERED, seen, now = Math.floor(Date.now() / 1000) } = expectations;
  const [, label, parameters, list = '', attributes = ''] = INPUT.exec(request.headers['signature-input'] ?? '') ?? [];
  const [, name, text] = /^([a-z][a-z0-9_-]*)=:([A-Za-z0-9+/]+={0,2}):$/.exec(request.headers.signature ?? '') ?? [];
  if (label === undefined || name !== label || text === undefined) return 'not one signature';

  const components = list.split(' ').map((quoted) => quoted.slice(1, -1));
  const missing = covered.find((component) => !components.includes(component));
  if (missing !== undefined) return `${missing} is not signed`;
  if (new Set(components).size !== components.length) return 'a component stands twice';

  const created = Number(/;created=([0-9]{1,12})(?=;|$)/.exec(attributes)?.[1] ?? Number.NaN);
  if (!(Math.abs(now - created) <= TOLERANCE)) return 'signed too long ago, or in the future';
  const key = keys.get(/;keyid="([^"]*)"/.exec(attributes)?.[1] ?? '');
  if (key === undefined) return 'unknown key';

  const lines = [];
  for (const component of components) {
    const value = valueOf(component, request, authority);
    if (value === undefined) return `${component} is missing`;
    lines.push(`"${component}": ${value}`);
  }
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n');
  // Ed25519 takes no other algorithm, whatever `alg` says.
  if (!verify(null, Buffer.from(base), key, Buffer.from(text, 'base64'))) return 'wrong signature';
  if (components.includes('content-digest') && !isDigestOf(request)) return 'the body is another one';

  for (const [old, end] of seen) if (end < now) seen.delete(old);
  const use = createHash('sha256').update(base).digest('base64url');
  if (seen.has(use)) return 'sent before';
  seen.set(use, created + TOLERANCE);
  return undefined;
}

function valueOf(component: string, request: SignedRequest, authority: string): string | undefined {
  const [path, query = ''] = request.url.split(/\?(.*)/s);
  if (component === '@method') return request.method;
  if (component === '@authority') return authority.toLowerCase();
  if (component === '@path') return path;
  if (component === '@query') return `?${query}`;
  return component.startsWith('@') ? undefined : request.headers[component]?.trim();
}

function isDigestOf({ headers, body }: SignedRequest): boolean {
  return headers['content-digest'] === `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}
