// Verifies an access token with a bounded clock tolerance. A refusal tells the caller nothing, and the log everything.
import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import type { ErrorRequestHandler } from 'express';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const CLOCK_TOLERANCE = 30; // seconds
const issuer = 'https://login.example.com';
const audience = 'https://api.example.com/mcp';
const keys = createRemoteJWKSet(new URL('https://login.example.com/jwks'), { timeoutDuration: 2000 });
type Log = (event: string, fields: Record<string, unknown>) => void;

export function verifierThatLogs(log: Log): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          typ: 'at+jwt',
          algorithms: ['RS256', 'ES256'],
          requiredClaims: ['exp', 'sub', 'client_id'],
          clockTolerance: CLOCK_TOLERANCE,
        });
        return {
          token,
          clientId: String(payload['client_id']),
          scopes: String(payload['scope'] ?? '').split(' ').filter(Boolean),
          // The SDK's gate compares this with its clock once more, and knows no tolerance.
          expiresAt: (payload.exp ?? 0) + CLOCK_TOLERANCE,
          resource: new URL(audience),
          extra: { sub: payload.sub },
        };
      } catch (error) {
        const isTheToken = error instanceof errors.JOSEError && !isOurs(error);
        log(isTheToken ? 'token.refused' : 'verifier.failed', { error });
        // Without keys nobody knows whether the token is good: 500, so that the client keeps it and tries again.
        if (!isTheToken) throw new OAuthError(OAuthErrorCode.ServerError, 'Tokens cannot be verified now');
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid');
      }
    },
  };
}

/** The keys could not be had: too slow, not 200, no key set. */
function isOurs(error: errors.JOSEError): boolean {
  return error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC';
}

/** The last handler of the application: Express itself would send the message, and the stack too. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error, _request, response, next) => {
    log('request.failed', { error });
    if (response.headersSent) return next(error);
    response.status(500).json({ error: 'server_error', error_description: 'Internal Server Error' });
  };
}
