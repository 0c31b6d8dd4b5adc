import { createHmac, randomBytes } from 'node:crypto';

export interface Credentials {
  consumerKey: string;
  consumerSecret: string;
  token?: string; // Left out at the first request, which asks for one.
  tokenSecret?: string;
}

export interface OAuth1Request {
  method: string;
  url: URL;
  form?: URLSearchParams; // A body of another type is not signed.
  extra?: Record<string, string>; // `oauth_callback` or `oauth_verifier`, during the sign-in.
}

/** Makes the Authorization header of one request. Every request, and every retry, needs a new one. */
export function authorize(
  { method, url, form, extra }: OAuth1Request,
  { consumerKey, consumerSecret, token, tokenSecret = '' }: Credentials,
  { timestamp = Math.floor(Date.now() / 1000), nonce = randomBytes(16).toString('hex') } = {},
): string {
  if (url.protocol !== 'https:' && token === undefined) throw new Error('the secrets come back in the answer: HTTPS only');
  const oauth = {
    oauth_consumer_key: consumerKey,
    ...(token === undefined ? {} : { oauth_token: token }),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(timestamp),
    oauth_nonce: nonce,
    ...extra,
  };
  const base = baseString(method, url, [...url.searchParams, ...(form ?? []), ...Object.entries(oauth)]);
  const key = `${encode(consumerSecret)}&${encode(tokenSecret)}`;
  const oauth_signature = createHmac('sha1', key).update(base).digest('base64');
  const parts = Object.entries({ ...oauth, oauth_signature }).map(([name, value]) => `${name}="${encode(value)}"`);
  return `OAuth ${parts.join(', ')}`;
}

/** The text that is signed: method, address without query, and all parameters in order. */
export function baseString(method: string, url: URL, parameters: [string, string][]): string {
  const pairs = parameters.map(([name, value]) => [encode(name), encode(value)] as const);
  const sorted = pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y)).map((pair) => pair.join('='));
  return [method.toUpperCase(), `${url.origin}${url.pathname}`, sorted.join('&')].map(encode).join('&');
}

/** As RFC 3986 says, and not as forms do: a space is %20. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
