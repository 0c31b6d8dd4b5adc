import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const ISSUER = 'https://login.example.com';
// The address of this MCP server, letter by letter as the authorization server writes it into `aud`.
const RESOURCE = 'https://api.example.com/mcp';
// `jwks_uri` in the issuer's metadata. Never an address that a token names.
const keys = createRemoteJWKSet(new URL('https://login.example.com/jwks'));

export const verifier: OAuthTokenVerifier = {
  async verifyAccessToken(token) {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: RESOURCE,
      algorithms: ['RS256'],
      typ: 'at+jwt',
      requiredClaims: ['exp', 'sub', 'client_id'],
      clockTolerance: 5,
    }).catch(refuse);
    return {
      token,
      clientId: String(payload['client_id']),
      scopes: String(payload['scope'] ?? '').split(' ').filter(Boolean),
      expiresAt: payload.exp,
      resource: new URL(RESOURCE),
      extra: { sub: payload.sub },
    };
  },
};

/** A bad token is a 401. Keys that cannot be had are a 500: a new token would not help. */
function refuse(error: unknown): never {
  const isOutage =
    !(error instanceof errors.JOSEError) ||
    error.code === 'ERR_JOSE_GENERIC' ||
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid;
  if (isOutage) throw error;
  console.warn('access token refused:', error.code);
  throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid');
}
