// What an MCP server must answer to tokens of every kind. Run it against your server and a real authorization server.
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Tokens that the authorization server has really issued. */
export interface Tokens {
  good: string;
  otherAudience: string;
  expired: string;
}

/** Lines that say what the server did wrong; none is what you want. */
export async function wrongAnswers(server: string, tokens: Tokens): Promise<string[]> {
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const inQuery = new URL(server);
  inQuery.searchParams.set('access_token', tokens.good);
  const rows: [string, number, string | URL, Record<string, string>][] = [
    ['a good token', 200, server, bearer(tokens.good)],
    ['a scheme in small letters', 200, server, { Authorization: `bearer ${tokens.good}` }],
    ['no token', 401, server, {}],
    ['an empty token', 401, server, bearer('')],
    ['a token for another server', 401, server, bearer(tokens.otherAudience)],
    ['an expired token', 401, server, bearer(tokens.expired)],
    ['changed claims', 401, server, bearer(changed(tokens.good))],
    ['alg none', 401, server, bearer(unsigned(tokens.good))],
    ['a key of the sender', 401, server, bearer(await signedByMe(tokens.good))],
    ['a token in the query', 401, inQuery, {}],
  ];
  const wrong: string[] = [];
  for (const [name, expected, url, headers] of rows) {
    const response = await ask(url, headers);
    const challenge = response.headers.get('www-authenticate') ?? '';
    await response.body?.cancel();
    if (response.status !== expected) wrong.push(`${name}: ${response.status}, not ${expected}`);
    if (response.status === 401 && !/^Bearer .*resource_metadata="https?:/i.test(challenge)) {
      wrong.push(`${name}: a 401 without resource_metadata`);
    }
  }
  return wrong;
}

function ask(url: string | URL, headers: Record<string, string>): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function changed(token: string): string {
  const [header, , signature] = token.split('.');
  return `${header}.${encoded({ ...decodeJwt(token), sub: 'mallory' })}.${signature}`;
}

function unsigned(token: string): string {
  return `${encoded({ ...decodeProtectedHeader(token), alg: 'none' })}.${encoded(decodeJwt(token))}.`;
}

/** The right claims, signed with a key that the token brings along. */
async function signedByMe(token: string): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const header = { ...decodeProtectedHeader(token), alg: 'ES256', jwk: await exportJWK(publicKey) };
  return new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(privateKey);
}
