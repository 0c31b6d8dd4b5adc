import { createHash, randomBytes } from 'node:crypto';
import { createMcpHandler, inputRequired, McpServer, type AuthInfo } from '@modelcontextprotocol/server';

const self = 'https://mcp.example.com';
const other = {
  issuer: 'https://login.example.com',
  authorize: 'https://login.example.com/auth',
  token: 'https://login.example.com/token',
  api: 'https://api.example.com/mcp',
  scope: 'mcp:read',
  clientId: process.env['OTHER_CLIENT_ID'] ?? '',
  clientSecret: process.env['OTHER_CLIENT_SECRET'] ?? '',
};

interface Link { user: string; expiresAt: number }

/** Tokens of the users' accounts at the other service. Encrypt the real store. */
const accounts = new Map<string, { token: string; expiresAt: number }>();
const links = new Map<string, Link>();
const flights = new Map<string, Link & { verifier: string }>();

export const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'acme', version: '1.0.0' });
  server.registerTool('list_tools_there', { description: 'Asks the other service' }, async (ctx) => {
    const user = userOf(ctx.http?.authInfo);
    const account = accounts.get(user);
    if (!account || account.expiresAt <= Date.now()) {
      const link = random();
      links.set(link, { user, expiresAt: inTenMinutes() });
      // The address tells nothing and opens nothing: whoever opens it must be the same user.
      const url = `${self}/connect?link=${link}`;
      return inputRequired({ inputRequests: { connect: inputRequired.elicitUrl({ message: 'Connect your account at Login', url }) } });
    }
    return { content: [{ type: 'text', text: await askOther(account.token) }] };
  });
  return server;
});

/** The pages. `session` is the user that this browser has signed in as, at this server, with issuer and subject. */
export async function pages(request: Request, session: { iss: string; sub: string } | undefined): Promise<Response> {
  if (!session) return new Response('sign in first', { status: 401 });
  const user = nameOf(session.iss, session.sub);
  const url = new URL(request.url);
  if (url.pathname === '/connect') return begin(user, url.searchParams.get('link'));
  if (url.pathname === '/connect/callback') return finish(request, user, url.searchParams);
  return new Response('not found', { status: 404 });
}

function begin(user: string, link: string | null): Response {
  const asked = links.get(link ?? '');
  if (!asked || asked.user !== user || asked.expiresAt <= Date.now()) return new Response('not your link', { status: 403 });
  links.delete(link ?? '');
  const [state, verifier] = [random(), random()];
  flights.set(state, { user, verifier, expiresAt: inTenMinutes() });
  const address = new URL(other.authorize);
  address.search = new URLSearchParams({
    response_type: 'code', client_id: other.clientId, redirect_uri: `${self}/connect/callback`, scope: other.scope, resource: other.api,
    state, code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  }).toString();
  const cookie = `__Host-connect=${state}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600`;
  return new Response(null, { status: 302, headers: { location: address.href, 'set-cookie': cookie } });
}

async function finish(request: Request, user: string, query: URLSearchParams): Promise<Response> {
  const state = query.get('state') ?? '';
  const flight = flights.get(state);
  flights.delete(state);
  const here = (request.headers.get('cookie') ?? '').split('; ').includes(`__Host-connect=${state}`);
  if (!flight || !here || flight.user !== user || flight.expiresAt <= Date.now()) return new Response('not begun here', { status: 403 });
  if (query.get('iss') !== other.issuer) return new Response('another server answered', { status: 403 });
  const response = await fetch(other.token, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from([other.clientId, other.clientSecret].map(encodeURIComponent).join(':')).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code', code: query.get('code') ?? '', code_verifier: flight.verifier,
      redirect_uri: `${self}/connect/callback`, resource: other.api,
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) return new Response('the account was not connected', { status: 502 });
  const { access_token, expires_in = 60 } = (await response.json()) as { access_token: string; expires_in?: number };
  accounts.set(user, { token: access_token, expiresAt: Date.now() + expires_in * 900 });
  return new Response('Connected. You can close this page.');
}

async function askOther(token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const response = await fetch(other.api, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(5000) });
  return response.ok ? response.text() : `the other service answered ${response.status}`;
}

function userOf(auth: AuthInfo | undefined): string {
  const { iss, sub } = auth?.extra ?? {};
  if (typeof iss !== 'string' || typeof sub !== 'string') throw new Error('the token names no user');
  return nameOf(iss, sub);
}

function nameOf(iss: string, sub: string): string {
  return JSON.stringify([iss, sub]);
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

function inTenMinutes(): number {
  return Date.now() + 600_000;
}
