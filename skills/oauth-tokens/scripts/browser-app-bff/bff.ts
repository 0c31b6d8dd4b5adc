import { createHash, randomBytes } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import * as oauth from 'openid-client';

const ORIGIN = 'https://app.example.com';
const RESOURCE = 'https://api.example.com/mcp';
const TOOLS = ['whoami', 'echo']; // What the page may call. Nothing else is passed on.
const LOGIN_LIVES = 10 * 60_000;
const SESSION_LIVES = 8 * 60 * 60_000;
const LOGIN_COOKIE = '__Host-Http-login';
const SESSION_COOKIE = '__Host-Http-session';

interface Login {
  verifier: string;
  state: string;
  end: number;
}

interface Session {
  user: string;
  access: string;
  renewAt: number;
  refresh: string | undefined;
  renewing: Promise<string> | undefined;
  end: number;
}

// Two processes need a store that they share. It holds tokens: encrypt it.
const logins = new Map<string, Login>();
const sessions = new Map<string, Session>();

const secret = process.env.ACME_CLIENT_SECRET;
if (!secret) throw new Error('ACME_CLIENT_SECRET is not set');
const authentication = oauth.ClientSecretBasic(secret);
const config = await oauth.discovery(new URL('https://login.example.com'), 'web-app', undefined, authentication);

const app = express();
app.disable('x-powered-by');
app.use((_, response, next) => {
  response.set({ 'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'", 'Cache-Control': 'no-store' });
  next();
});
app.use(express.static('public'));

app.get('/bff/login', async (_, response) => {
  const login = { verifier: oauth.randomPKCECodeVerifier(), state: oauth.randomState(), end: Date.now() + LOGIN_LIVES };
  // Lax: the way back from the authorization server begins at another site.
  setCookie(response, LOGIN_COOKIE, keep(logins, login), 'lax', LOGIN_LIVES);
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: `${ORIGIN}/callback`,
    scope: 'openid mcp:read',
    resource: RESOURCE,
    state: login.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(login.verifier),
    code_challenge_method: 'S256',
  });
  response.redirect(url.href);
});

app.get('/callback', async (request, response) => {
  const login = take(logins, readCookie(request, LOGIN_COOKIE));
  response.clearCookie(LOGIN_COOKIE, attributes('lax'));
  if (login === undefined) return void response.status(400).send('This sign-in is too old. Please begin again.');
  try {
    const here = new URL(request.originalUrl, ORIGIN);
    const checks = { pkceCodeVerifier: login.verifier, expectedState: login.state, idTokenExpected: true };
    const tokens = await oauth.authorizationCodeGrant(config, here, checks, { resource: RESOURCE });
    const session: Session = {
      user: tokens.claims()?.sub ?? '',
      access: tokens.access_token,
      renewAt: renewAt(tokens),
      refresh: tokens.refresh_token,
      renewing: undefined,
      end: Date.now() + SESSION_LIVES,
    };
    // A new id at each sign-in: nobody can prepare one for somebody else.
    setCookie(response, SESSION_COOKIE, keep(sessions, session), 'strict', SESSION_LIVES);
    response.redirect('/');
  } catch (error) {
    console.error('sign-in failed:', (error as { code?: string }).code);
    response.status(400).send('The sign-in failed. Please begin again.');
  }
});

const api = express.Router();
api.use(refuseOtherSites);
api.use(express.json());

api.get('/session', withSession(async (session, _, response) => void response.json({ user: session.user })));

api.post('/tools/:name', withSession(async (session, request, response) => {
  const name = String(request.params.name);
  if (!TOOLS.includes(name)) return void response.status(404).json({ error: 'no such tool' });
  const token = await accessTokenOf(session);
  const client = new Client({ name: 'acme-web', version: '1.0.0' });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(RESOURCE), { authProvider: { token: async () => token } }));
    const { content } = await client.callTool({ name, arguments: request.body ?? {} });
    response.json({ content });
  } finally {
    await client.close();
  }
}));

api.post('/logout', withSession(async (session, request, response) => {
  take(sessions, readCookie(request, SESSION_COOKIE));
  response.clearCookie(SESSION_COOKIE, attributes('strict'));
  await oauth.tokenRevocation(config, session.refresh ?? session.access).catch(() => console.error('revocation failed'));
  response.status(204).end();
}));
app.use('/bff', api);

app.use((error: Error, _: Request, response: Response, __: NextFunction) => {
  console.error(error.name); // The message may hold more than a log should.
  if (!response.headersSent) response.status(502).json({ error: 'the service does not answer' });
});
app.listen(Number(process.env.PORT ?? 8000), '127.0.0.1');

/** A page of another site can send a form with our cookie, but no such header: that needs a leave which we never give. */
function refuseOtherSites(request: Request, response: Response, next: NextFunction): void {
  const site = request.get('sec-fetch-site') ?? 'same-origin';
  if (request.get('x-acme-request') === '1' && site === 'same-origin') return next();
  response.status(403).json({ error: 'not from our page' });
}

function withSession(handle: (session: Session, request: Request, response: Response) => Promise<void>) {
  return async (request: Request, response: Response): Promise<void> => {
    const id = readCookie(request, SESSION_COOKIE);
    const session = find(sessions, id);
    if (session === undefined) return void response.status(401).json({ error: 'not signed in' });
    try {
      await handle(session, request, response);
    } catch (error) {
      if ((error as { error?: string }).error !== 'invalid_grant') throw error;
      take(sessions, id); // The authorization server ended it.
      response.status(401).json({ error: 'not signed in' });
    }
  };
}

/** Several calls of one page share one renewal: a refresh token works once. */
function accessTokenOf(session: Session): Promise<string> {
  if (Date.now() < session.renewAt || session.refresh === undefined) return Promise.resolve(session.access);
  session.renewing ??= renew(session, session.refresh).finally(() => (session.renewing = undefined));
  return session.renewing;
}

async function renew(session: Session, refresh: string): Promise<string> {
  const tokens = await oauth.refreshTokenGrant(config, refresh, { resource: RESOURCE });
  session.access = tokens.access_token;
  session.refresh = tokens.refresh_token ?? refresh;
  session.renewAt = renewAt(tokens);
  return session.access;
}

function renewAt({ expires_in = 60 }: { expires_in?: number }): number {
  return Date.now() + expires_in * 900; // At nine tenths of its life.
}

/** Keeps something under a random id. The store has only the hash of the id: who reads it has no cookie. */
function keep<T>(store: Map<string, T>, value: T): string {
  const id = randomBytes(32).toString('base64url');
  store.set(hash(id), value);
  return id;
}

function find<T extends { end: number }>(store: Map<string, T>, id: string | undefined): T | undefined {
  const value = store.get(hash(id ?? ''));
  return value && Date.now() < value.end ? value : undefined;
}

function take<T extends { end: number }>(store: Map<string, T>, id: string | undefined): T | undefined {
  const value = find(store, id);
  store.delete(hash(id ?? ''));
  return value;
}

function hash(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function setCookie(response: Response, name: string, value: string, sameSite: 'lax' | 'strict', maxAge: number): void {
  response.cookie(name, value, { ...attributes(sameSite), maxAge });
}

/** For setting and clearing: a browser refuses a `__Host-Http-` cookie without `HttpOnly`, also the one that ends it. */
function attributes(sameSite: 'lax' | 'strict') {
  return { httpOnly: true, secure: true, sameSite, path: '/' } as const;
}

function readCookie(request: Request, name: string): string | undefined {
  const parts = (request.headers.cookie ?? '').split('; ').map((part) => part.split('='));
  return parts.find(([key]) => key === name)?.[1];
}
