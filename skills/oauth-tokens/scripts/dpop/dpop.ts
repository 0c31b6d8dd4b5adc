import { createHash } from 'node:crypto';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { EmbeddedJWK, calculateJwkThumbprint, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

const ALGORITHMS = ['ES256', 'EdDSA', 'PS256', 'RS256'];
const PROOF_LIVES = 60; // Seconds. The clocks of both sides must agree this closely.

export interface DpopOptions {
  issuer: string;
  jwksUri: string;
  resource: URL; // Our public address. It comes from our configuration, never from a header.
  resourceMetadataUrl: string; // As `getOAuthProtectedResourceMetadataUrl(resource)` gives it.
}

class Refusal extends Error {
  constructor(readonly code: 'invalid_token' | 'invalid_dpop_proof', message: string) {
    super(message);
  }
}

/** Makes a gate: it lets a request with a token and a proof of its key in, and answers any other. */
export function requireDpop({ issuer, jwksUri, resource, resourceMetadataUrl }: DpopOptions) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  // Several processes need one store for all, such as Redis with SET NX EX.
  const seen = new Map<string, number>();

  return async function gate(request: Request): Promise<AuthInfo | Response> {
    try {
      const { token, claims } = await readToken(request.headers.get('authorization'));
      await checkProof(request, token, claims);
      return {
        token,
        clientId: String(claims.client_id),
        scopes: String(claims.scope ?? '').split(' ').filter(Boolean),
        expiresAt: claims.exp,
        resource,
        extra: { sub: claims.sub },
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return challenge(request.headers.has('authorization') ? error : undefined, resourceMetadataUrl);
    }
  };

  async function readToken(header: string | null): Promise<{ token: string; claims: JWTPayload }> {
    const [, token] = /^DPoP +([\w.~+/-]+=*)$/i.exec(header ?? '') ?? [];
    if (token === undefined) throw new Refusal('invalid_token', 'The scheme is not DPoP');
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: resource.href,
        typ: 'at+jwt',
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
      });
      return { token, claims: payload };
    } catch (error) {
      if (isOutage(error)) throw error;
      throw new Refusal('invalid_token', 'The token is not valid here');
    }
  }

  async function checkProof(request: Request, token: string, claims: JWTPayload): Promise<void> {
    // Two headers arrive joined by a comma, which no proof has.
    const { payload, thumbprint } = await readProof(request.headers.get('dpop') ?? '');
    if (payload.htm !== request.method) throw wrong('htm is another method');
    if (!isSameAddress(payload.htu, resource)) throw wrong('htu is another address');
    if (payload.ath !== sha256(token)) throw wrong('ath is another token');

    const { jkt } = (claims.cnf ?? {}) as { jkt?: unknown };
    if (thumbprint !== jkt) throw new Refusal('invalid_token', 'The token is bound to another key');

    const now = Math.floor(Date.now() / 1000);
    for (const [old, end] of seen) if (end < now) seen.delete(old);
    const use = sha256(`${thumbprint} ${payload.jti}`);
    if (seen.has(use)) throw wrong('This proof was used before');
    seen.set(use, now + 2 * PROOF_LIVES);
  }
}

async function readProof(proof: string): Promise<{ payload: JWTPayload; thumbprint: string }> {
  try {
    const { payload } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ALGORITHMS,
      maxTokenAge: PROOF_LIVES,
      clockTolerance: 5,
      requiredClaims: ['jti', 'htm', 'htu', 'ath'],
    });
    const { jwk } = decodeProtectedHeader(proof);
    return { payload, thumbprint: await calculateJwkThumbprint(jwk!) };
  } catch {
    throw wrong('No proof, or not a valid one');
  }
}

/** Query and fragment do not count. */
function isSameAddress(claim: unknown, { origin, pathname }: URL): boolean {
  if (typeof claim !== 'string' || !URL.canParse(claim)) return false;
  const address = new URL(claim);
  return address.origin === origin && address.pathname === pathname;
}

function challenge(refusal: Refusal | undefined, metadataUrl: string): Response {
  const parts = [
    ...(refusal ? [`error="${refusal.code}"`, `error_description="${refusal.message}"`] : []),
    `algs="${ALGORITHMS.join(' ')}"`,
    `resource_metadata="${metadataUrl}"`,
  ];
  return new Response(null, { status: 401, headers: { 'WWW-Authenticate': `DPoP ${parts.join(', ')}` } });
}

function wrong(message: string): Refusal {
  return new Refusal('invalid_dpop_proof', message);
}

/** Keys that cannot be fetched are our fault: 500, and not a wrong token. */
function isOutage(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === undefined || code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
