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
    // Bound to a key or a certificate: nobody has checked here that the caller holds it.
    if (payload['cnf'] !== undefined) refuse(new errors.JWTClaimValidationFailed('bound', payload, 'cnf'));
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

// The keys could not be had, or are none. A new token would not help: 500, not 401.
const OUTAGES = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

function refuse(error: unknown): never {
  const isAboutToken = error instanceof errors.JOSEError && !OUTAGES.includes(error.code);
  if (!isAboutToken) throw error;
  console.warn('access token refused:', error.code, error instanceof errors.JWTClaimValidationFailed ? error.claim : '');
  throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid');
}
