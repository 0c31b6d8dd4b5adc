// Writes one line for each request to the MCP endpoint: who, with which token, what, and why it was refused.
import { createHash, randomUUID } from 'node:crypto';
import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Request, RequestHandler } from 'express';
import { decodeJwt, decodeProtectedHeader } from 'jose';

type Log = (event: string, fields: Record<string, unknown>) => void;
type InRequest = (requestId: string, work: () => void) => void;
declare module 'express-serve-static-core' {
  interface Request {
    auth?: AuthInfo;
  }
}

/** Mount it before the check of the token, so that refusals are written too. */
export function audit(log: Log, inRequest: InRequest): RequestHandler {
  return (request, response, next) => {
    const requestId = randomUUID();
    response.setHeader('X-Request-Id', requestId);
    response.on('finish', () => {
      const challenge = String(response.getHeader('WWW-Authenticate') ?? '');
      inRequest(requestId, () =>
        log('mcp.request', {
          outcome: [401, 403].includes(response.statusCode) ? 'refused' : 'allowed',
          status: response.statusCode,
          reason: /error="([a-z_]+)"/.exec(challenge)?.[1],
          trace: wellFormedTrace(request),
          address: request.ip,
          method: short(request.header('Mcp-Method')),
          name: short(request.header('Mcp-Name')),
          // Verified: the gate has put it there.
          subject: request.auth?.extra?.['sub'],
          client: request.auth?.clientId,
          scopes: request.auth?.scopes,
          // Not verified: what the token says of itself. It helps to find out why it was refused.
          presented: describeToken(/^Bearer +(\S+)$/i.exec(request.header('Authorization') ?? '')?.[1]),
        }),
      );
    });
    inRequest(requestId, next);
  };
}

export function describeToken(token: string | undefined): Record<string, unknown> | undefined {
  if (token === undefined) return undefined;
  // The first 48 bits of a hash tell tokens apart. They are of no use for signing in.
  const fingerprint = createHash('sha256').update(token).digest('hex').slice(0, 12);
  try {
    const { alg, typ, kid } = decodeProtectedHeader(token);
    const { iss, aud, exp, jti } = decodeJwt(token);
    const expires = typeof exp === 'number' ? new Date(exp * 1000).toISOString() : undefined;
    const facts = { alg, typ, kid, iss, aud: [aud ?? []].flat().join(' '), jti };
    const texts = Object.entries(facts).map(([name, value]) => [name, short(value)]);
    return { format: 'jwt', fingerprint, expires, ...Object.fromEntries(texts) };
  } catch {
    return { format: 'opaque', fingerprint };
  }
}

function wellFormedTrace(request: Request): string | undefined {
  return /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(request.header('traceparent') ?? '')?.[1];
}

function short(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value).slice(0, 200);
}
