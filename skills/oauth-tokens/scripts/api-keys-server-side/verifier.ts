import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import type { OAuthTokenVerifier } from '@modelcontextprotocol/server';

/** What is known about a key, as `findKey` gives it. */
interface Found {
  id: string;
  owner: string;
  scopes: string[];
  end: number;
}

/** Makes what `requireBearerAuth` wants. */
export function makeVerifier(find: (key: string) => Found | undefined): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      const found = find(token);
      if (found === undefined) throw new OAuthError(OAuthErrorCode.InvalidToken, 'Unknown key');
      const { id, owner, scopes, end } = found;
      return { token, clientId: id, scopes, expiresAt: Math.floor(end / 1000), extra: { sub: owner } };
    },
  };
}
