import type { AuthInfo } from '@modelcontextprotocol/server';

const api = {
  url: 'https://api.example.com/mcp',
  tokenEndpoint: 'https://login.example.com/token',
  scope: 'mcp:read',
  clientId: process.env['API_CLIENT_ID'] ?? '',
  clientSecret: process.env['API_CLIENT_SECRET'] ?? '',
};

let current: { token: string; until: number } | undefined;
let running: Promise<string> | undefined;

/** Calls the other API in the name of this server, for a user who may. */
export async function callApi(auth: AuthInfo, body: unknown): Promise<unknown> {
  // The API sees this server, not the user. So what the user may do is decided here.
  if (!auth.scopes.includes('mcp:read')) throw new Error('the user may not read');
  const response = await fetch(api.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await ownToken()}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  return response.text();
}

function ownToken(): Promise<string> {
  if (current && Date.now() < current.until) return Promise.resolve(current.token);
  running ??= fetchToken().finally(() => (running = undefined));
  return running;
}

async function fetchToken(): Promise<string> {
  const login = [api.clientId, api.clientSecret].map(encodeURIComponent).join(':');
  const response = await fetch(api.tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: api.scope, resource: api.url }),
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`no token for the API: HTTP ${response.status}`);
  const { access_token, expires_in = 60 } = (await response.json()) as { access_token: string; expires_in?: number };
  current = { token: access_token, until: Date.now() + expires_in * 900 };
  return access_token;
}
