import * as oauth from 'openid-client';

const ISSUER = new URL('https://login.example.com');

export interface Tokens {
  accessToken: string;
  refreshToken?: string;
}

/** Where the program keeps its tokens. */
export interface Store {
  load(): Promise<Tokens | undefined>;
  clear(): Promise<void>;
}

/** Signs the person out: at the authorization server, and here in any case. */
export async function signOut(store: Store): Promise<void> {
  const tokens = await store.load();
  try {
    if (tokens) await revoke(tokens);
  } catch (cause) {
    throw new Error('signed out on this machine only: end the access on the account page too', { cause });
  } finally {
    await store.clear();
  }
}

async function revoke({ accessToken, refreshToken }: Tokens): Promise<void> {
  const server = await oauth.discovery(ISSUER, 'desktop-app', undefined, oauth.None(), { algorithm: 'oauth2' });
  // The refresh token ends the whole sign-in. The access token alone leaves it running.
  if (refreshToken) await oauth.tokenRevocation(server, refreshToken, { token_type_hint: 'refresh_token' });
  else await oauth.tokenRevocation(server, accessToken, { token_type_hint: 'access_token' });
}
