import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import type { NextFunction, Request, Response } from 'express';

const METADATA = 'https://api.example.com/.well-known/oauth-protected-resource/mcp';
// What each tool needs beyond the gate.
const NEEDS = new Map([['pay_invoice', ['mcp:read', 'mcp:write']]]);

/** Stands between `express.json()` with `requireBearerAuth` and the transport. */
export function requireToolScopes(request: Request & { auth?: AuthInfo }, response: Response, next: NextFunction) {
  // A client of 2025-03-26 may send several messages in one array.
  const messages = Array.isArray(request.body) ? request.body : [request.body];
  const calls = messages.filter((message) => message?.method === 'tools/call');
  const needed = new Set(calls.flatMap((call) => NEEDS.get(call.params?.name) ?? []));
  const granted = request.auth?.scopes ?? [];
  if ([...needed].every((scope) => granted.includes(scope))) return next();
  const scope = [...needed].join(' ');
  response
    .status(403)
    .set('WWW-Authenticate', `Bearer error="insufficient_scope", scope="${scope}", resource_metadata="${METADATA}"`)
    .json({ error: 'insufficient_scope' });
}
