import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const self = 'https://mcp.example.com';
const upstream = {
  issuer: 'https://login.example.com',
  // `authorization_response_iss_parameter_supported` in its metadata.
  announcesIss: true,
  authorize: 'https://login.example.com/auth',
  token: 'https://login.example.com/token',
  resource: 'https://api.example.com/mcp',
  scope: 'mcp:read',
  clientId: process.env['UPSTREAM_CLIENT_ID'] ?? '',
  clientSecret: process.env['UPSTREAM_CLIENT_SECRET'] ?? '',
};
const key = process.env['CONSENT_KEY'] ?? '';
if (key.length < 32) throw new Error('CONSENT_KEY is too short');

interface Client {
  name: string;
  redirectUris: string[];
}
interface Asked {
  clientId: string;
  redirectUri: string;
  challenge: string;
  state: string;
  expiresAt: number;
}

/** The clients that are registered here. */
export const clients = new Map<string, Client>();
/** The codes that were handed out. The token endpoint takes each once, and checks `challenge`. */
export const codes = new Map<string, Asked & { upstreamTokens: unknown }>();
const questions = new Map<string, Asked & { browser: string }>();
const flights = new Map<string, Asked & { verifier: string }>();

export async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /authorize') return authorize(request, url.searchParams);
  if (route === 'POST /consent') return decide(request, new URLSearchParams(await request.text()));
  if (route === 'GET /callback') return finish(request, url.searchParams);
  return refuse(404, 'not found');
}

function authorize(request: Request, query: URLSearchParams): Response {
  const clientId = query.get('client_id') ?? '';
  const redirectUri = query.get('redirect_uri') ?? '';
  const client = clients.get(clientId);
  // No redirect to an address that is not registered, letter by letter.
  if (!client?.redirectUris.includes(redirectUri)) return refuse(400, 'unknown client or redirect_uri');
  const challenge = query.get('code_challenge') ?? '';
  if (query.get('code_challenge_method') !== 'S256' || challenge === '') return refuse(400, 'PKCE with S256 is required');
  const asked = { clientId, redirectUri, challenge, state: query.get('state') ?? '', expiresAt: inTenMinutes() };
  if (approvals(request).includes(approvalOf(asked))) return forward(asked);
  return ask(client, asked);
}

/** Our own page, before anything is sent to the other authorization server. */
function ask(client: Client, asked: Asked): Response {
  const id = secret();
  const browser = secret();
  questions.set(id, { ...asked, browser });
  const page = `<!doctype html><title>Allow access?</title>
<p><b>${escape(client.name)}</b> asks to use ${escape(upstream.resource)} as you, with: ${escape(upstream.scope)}.
<p>It will be sent to <b>${escape(new URL(asked.redirectUri).host)}</b> (${escape(asked.redirectUri)}).
<form method="post" action="/consent"><input type="hidden" name="question" value="${id}">
<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form>`;
  const headers = new Headers({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
  headers.append('set-cookie', cookie('question', browser));
  return new Response(page, { headers });
}

function decide(request: Request, form: URLSearchParams): Response {
  const question = take(questions, form.get('question'));
  // The answer must come from the browser that was asked.
  if (!question || !isSame(question.browser, cookieOf(request, 'question'))) return refuse(403, 'not your question');
  const { browser: _, ...asked } = question;
  if (form.get('answer') !== 'allow') return redirect(asked.redirectUri, { error: 'access_denied', state: asked.state, iss: self });
  const list = [...approvals(request), approvalOf(asked)].slice(-50).join('.');
  return forward(asked, cookie('approved', `${list}.${sign(list)}`, 30 * 24 * 3600));
}

/** Begins the flight to the other authorization server. Only here is there a state, in a cookie of this browser. */
function forward(asked: Asked, ...cookies: string[]): Response {
  const state = secret();
  const verifier = secret();
  flights.set(state, { ...asked, verifier, expiresAt: inTenMinutes() });
  const parameters = {
    response_type: 'code', client_id: upstream.clientId, redirect_uri: `${self}/callback`,
    scope: upstream.scope, resource: upstream.resource, state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  };
  return redirect(upstream.authorize, parameters, cookie('state', state), ...cookies);
}

async function finish(request: Request, query: URLSearchParams): Promise<Response> {
  const state = query.get('state') ?? '';
  if (!isSame(state, cookieOf(request, 'state'))) return refuse(403, 'another browser began this');
  const flight = take(flights, state);
  if (!flight) return refuse(403, 'too late, or a second time');
  const iss = query.get('iss');
  // It may be missing only where the metadata do not announce it.
  if (iss === null ? upstream.announcesIss : iss !== upstream.issuer) return refuse(403, 'an answer of another authorization server');
  const { verifier, ...asked } = flight;
  const code = query.get('code');
  if (!code) return redirect(asked.redirectUri, { error: 'access_denied', state: asked.state, iss: self });
  const response = await fetch(upstream.token, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from([upstream.clientId, upstream.clientSecret].map(encodeURIComponent).join(':')).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: `${self}/callback`, resource: upstream.resource,
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) return redirect(asked.redirectUri, { error: 'server_error', state: asked.state, iss: self });
  const ours = secret();
  codes.set(ours, { ...asked, upstreamTokens: await response.json(), expiresAt: Date.now() + 60_000 });
  return redirect(asked.redirectUri, { code: ours, state: asked.state, iss: self });
}

/** What this browser's user has approved: clients with their redirect address, not just "yes". */
function approvals(request: Request): string[] {
  const [, list, mac] = /^(.+)\.([^.]+)$/.exec(cookieOf(request, 'approved')) ?? [];
  return list && mac && isSame(mac, sign(list)) ? list.split('.') : [];
}

function approvalOf({ clientId, redirectUri }: Asked): string {
  return createHash('sha256').update(JSON.stringify([clientId, redirectUri, upstream.scope])).digest('base64url');
}

function take<T extends Asked>(from: Map<string, T>, id: string | null): T | undefined {
  const found = from.get(id ?? '');
  from.delete(id ?? '');
  return found && found.expiresAt > Date.now() ? found : undefined;
}

function redirect(address: string, parameters: Record<string, string>, ...cookies: string[]): Response {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
  const headers = new Headers({ location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  for (const one of cookies) headers.append('set-cookie', one);
  return new Response(null, { status: 302, headers });
}

function cookie(name: string, value: string, seconds = 600): string {
  return `__Host-${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
}

function cookieOf(request: Request, name: string): string {
  const pairs = (request.headers.get('cookie') ?? '').split('; ').map((pair) => pair.split('='));
  return pairs.find(([found]) => found === `__Host-${name}`)?.[1] ?? '';
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return one !== '' && timingSafeEqual(digest(one), digest(other));
}

function sign(text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function refuse(status: number, text: string): Response {
  return new Response(text, { status });
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function inTenMinutes(): number {
  return Date.now() + 600_000;
}
