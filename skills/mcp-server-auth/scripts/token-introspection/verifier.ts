import { createHash } from 'node:crypto';
import { OAuthError, OAuthErrorCode, type AuthInfo, type OAuthTokenVerifier } from '@modelcontextprotocol/server';

const RESOURCE = 'https://api.example.com/mcp';
// `introspection_endpoint` in the metadata of the authorization server.
const ENDPOINT = 'https://login.example.com/token/introspection';
const SECRET = process.env['INTROSPECTION_SECRET'];
if (!SECRET) throw new Error('INTROSPECTION_SECRET is not set');
const CREDENTIALS = ['resource-server', SECRET].map(encodeURIComponent).join(':');
// A revoked token works for so long here.
const CACHE_MILLISECONDS = 30_000;
const CACHE_ENTRIES = 10_000;

type Caller = Omit<AuthInfo, 'token'>;
const cache = new Map<string, { until: number; caller: Caller }>();

export const verifier: OAuthTokenVerifier = {
  async verifyAccessToken(token) {
    // Keys are hashes: who reads the memory finds no tokens.
    const key = createHash('sha256').update(token).digest('base64url');
    const entry = cache.get(key);
    if (entry && entry.until > Date.now()) return { ...entry.caller, token };
    const caller = await introspect(token);
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(key, { caller, until: Math.min(Date.now() + CACHE_MILLISECONDS, caller.expiresAt! * 1000) });
    return { ...caller, token };
  },
};

async function introspect(token: string): Promise<Caller> {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(CREDENTIALS)}`, accept: 'application/json' },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  });
  // Nothing is known about the token then: 500, not 401.
  if (!response.ok) throw new Error(`introspection answered ${response.status}`);
  const claims = (await response.json()) as Record<string, unknown>;
  if (claims['active'] !== true) throw refusal();
  if (![claims['aud']].flat().includes(RESOURCE)) throw refusal();
  // A refresh token is active too, and has no type.
  if (String(claims['token_type']).toLowerCase() !== 'bearer') throw refusal();
  // Bound to a key or a certificate: nobody has checked here that the caller holds it.
  if (claims['cnf'] !== undefined) throw refusal();
  return {
    clientId: String(claims['client_id']),
    scopes: String(claims['scope'] ?? '').split(' ').filter(Boolean),
    expiresAt: Number(claims['exp']),
    resource: new URL(RESOURCE),
    extra: { sub: claims['sub'] },
  };
}

function refusal() {
  return new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid');
}
