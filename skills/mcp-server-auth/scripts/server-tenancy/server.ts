import { createMcpHandler, McpServer, OAuthError, OAuthErrorCode, requireBearerAuth, type AuthInfo } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';

const issuer = 'https://login.example.com';
const resource = new URL('https://api.example.com/mcp');
const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));

async function verifyAccessToken(token: string): Promise<AuthInfo> {
  const options = { issuer, audience: resource.href, typ: 'at+jwt', algorithms: ['RS256', 'ES256'] };
  const { payload } = await jwtVerify(token, keys, options).catch(() => {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'the token is not valid here');
  });
  const { sub, tenant, client_id, scope, exp = 0 } = payload;
  if (typeof sub !== 'string' || typeof tenant !== 'string' || tenant === '') {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'the token names no tenant');
  }
  return {
    token, clientId: String(client_id), scopes: String(scope ?? '').split(' '), expiresAt: exp, resource,
    extra: { iss: issuer, sub, tenant },
  };
}

/** The key of everything that belongs to the caller's tenant. JSON keeps `a:b`, `c` apart from `a`, `b:c`. */
export function tenantKey(auth: AuthInfo | undefined, ...more: string[]): string {
  const { iss, tenant } = auth?.extra ?? {};
  if (typeof iss !== 'string' || typeof tenant !== 'string') throw new Error('a call without a tenant');
  return JSON.stringify([iss, tenant, ...more]);
}

/** The key of what was worked out for one user, who may see less than the tenant. */
export function userKey(auth: AuthInfo | undefined, ...more: string[]): string {
  return tenantKey(auth, 'user', String(auth?.extra?.['sub']), ...more);
}

const notes = new Map<string, string>();
const cache = new Map<string, string>();

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  const named = z.object({ name: z.string() });
  server.registerTool('write_note', { description: 'Keeps a note', inputSchema: named.extend({ text: z.string() }) }, async ({ name, text }, ctx) => {
    notes.set(tenantKey(ctx.http?.authInfo, 'note', name), text);
    return { content: [{ type: 'text', text: 'kept' }] };
  });
  server.registerTool('read_note', { description: 'Reads a note', inputSchema: named }, async ({ name }, ctx) => {
    // A note of another tenant and a note that never was get the same answer.
    const text = notes.get(tenantKey(ctx.http?.authInfo, 'note', name)) ?? 'no such note';
    return { content: [{ type: 'text', text }] };
  });
  server.registerTool('shout_note', { description: 'Reads a note aloud', inputSchema: named }, async ({ name }, ctx) => {
    const key = userKey(ctx.http?.authInfo, 'shout', name);
    const text = cache.get(key) ?? notes.get(tenantKey(ctx.http?.authInfo, 'note', name))?.toUpperCase() ?? 'no such note';
    cache.set(key, text);
    return { content: [{ type: 'text', text }] };
  });
  return server;
});

const gate = requireBearerAuth({ verifier: { verifyAccessToken }, expectedResource: resource });

export async function answer(request: Request): Promise<Response> {
  const auth = await gate(request);
  return auth instanceof Response ? auth : handler.fetch(request, { authInfo: auth });
}
