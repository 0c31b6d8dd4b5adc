import { readFileSync } from 'node:fs';

import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import type { JWTPayload } from 'jose';

/**
 * What is refused although its signature is right. An entry may go when the last token that it meets has ended.
 * `since`: tokens that were issued before this time, in seconds since 1970.
 */
export type Denied = { jti: string } | { sub: string; since: number } | { client_id: string; since: number };

/** Call this after `jwtVerify`, at each request. */
export function refuseDenied(claims: JWTPayload, file: string): void {
  // Read anew each time: an entry must count at once. A file that cannot be read refuses everybody.
  const denied: Denied[] = JSON.parse(readFileSync(file, 'utf8'));
  if (denied.some((entry) => meets(claims, entry))) {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token was withdrawn');
  }
}

function meets(claims: JWTPayload, entry: Denied): boolean {
  if ('jti' in entry) return claims.jti === entry.jti;
  const isSame = 'sub' in entry ? claims.sub === entry.sub : claims['client_id'] === entry.client_id;
  // A token that does not say when it was issued counts as old.
  return isSame && (claims.iat ?? 0) < entry.since;
}
