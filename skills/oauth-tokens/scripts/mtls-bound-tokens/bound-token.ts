import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

type GuardedRequest = IncomingMessage & { auth?: AuthInfo };
type Gate = (request: GuardedRequest, response: ServerResponse, next: () => void) => Promise<void>;

export interface BoundTokenOptions {
  issuer: string;
  jwksUri: string;
  resource: URL;
  resourceMetadataUrl: string;
  /** The certificate in DER. It comes from the TLS connection, unless a proxy of yours ends TLS. */
  certificateOf?: (request: IncomingMessage) => Buffer | undefined;
}

/** Makes a gate, also for Express: it lets a token in together with its certificate, and puts `auth` on the request. */
export function requireBoundToken(options: BoundTokenOptions): Gate {
  const { issuer, jwksUri, resource, resourceMetadataUrl, certificateOf = certificateOfSocket } = options;
  const keys = createRemoteJWKSet(new URL(jwksUri));

  return async function gate(request, response, next) {
    const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) return refuse(response, []);
    const certificate = certificateOf(request);
    if (certificate === undefined) return refuse(response, ['error="invalid_token"', 'error_description="No client certificate"']);
    const auth = await check(token, certificate);
    if (auth === undefined) return refuse(response, ['error="invalid_token"']);
    request.auth = auth;
    next();
  };

  async function check(token: string, certificate: Buffer): Promise<AuthInfo | undefined> {
    const verified = await jwtVerify(token, keys, {
      issuer,
      audience: resource.href,
      typ: 'at+jwt',
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      requiredClaims: ['exp', 'sub'],
    }).catch(nothingUnlessOutage);
    if (verified === undefined) return undefined;
    const { cnf, client_id, scope, exp, sub } = verified.payload;
    const { 'x5t#S256': bound } = (cnf ?? {}) as { 'x5t#S256'?: unknown };
    if (bound !== createHash('sha256').update(certificate).digest('base64url')) return undefined;
    const scopes = String(scope ?? '').split(' ').filter(Boolean);
    return { token, clientId: String(client_id), scopes, expiresAt: exp, resource, extra: { sub } };
  }

  function refuse(response: ServerResponse, parts: string[]): void {
    const challenge = `Bearer ${[...parts, `resource_metadata="${resourceMetadataUrl}"`].join(', ')}`;
    response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
  }
}

/** Asks every client for its certificate. TLS proves the key; whether the certificate is the right one says the token. */
export function serveBound(tls: { key: Buffer; cert: Buffer }, gate: Gate, handle: (request: GuardedRequest, response: ServerResponse) => void) {
  const options = { ...tls, requestCert: true, rejectUnauthorized: false };
  return createServer(options, (request, response) => {
    gate(request, response, () => handle(request, response)).catch(() => response.writeHead(503).end());
  });
}

/** Keys that cannot be fetched are our fault: 503, and not a wrong token. */
function nothingUnlessOutage(error: unknown): undefined {
  const isOutage = !(error instanceof errors.JOSEError) || ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC'].includes(error.code);
  if (isOutage) throw error;
}

function certificateOfSocket({ socket }: IncomingMessage): Buffer | undefined {
  return (socket as TLSSocket).getPeerX509Certificate?.()?.raw;
}

/** For `certificateOf`, behind a proxy that sets this header (RFC 9440) and takes away one that a client sent. */
export function certificateOfProxy({ headers }: IncomingMessage): Buffer | undefined {
  const [, text] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(String(headers['client-cert'] ?? '')) ?? [];
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}
