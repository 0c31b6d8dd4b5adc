import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';

const ISSUER = 'https://login.example.com';
const AUDIENCE = 'https://api.example.com';
const keys = createRemoteJWKSet(new URL('https://login.example.com/jwks'));
// The keys could not be had: 500. A new token would not help.
const OUTAGES = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

/** Returns the claims of a good token, or the answer that refuses. Throws when there are no keys. */
export async function authenticate(request: Request): Promise<JWTPayload | Response> {
  if (new URL(request.url).searchParams.has('access_token')) return refusal(400, 'invalid_request');
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (!token) return refusal(401);
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: ['RS256'],
      typ: 'at+jwt',
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError && !OUTAGES.includes(error.code)) return refusal(401, 'invalid_token');
    throw error;
  }
}

function refusal(status: number, error?: string): Response {
  const headers = { 'WWW-Authenticate': error ? `Bearer error="${error}"` : 'Bearer' };
  return Response.json({ error: error ?? 'unauthorized' }, { status, headers });
}
