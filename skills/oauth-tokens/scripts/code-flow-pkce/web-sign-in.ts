import * as oauth from 'openid-client';

const ISSUER = new URL('https://login.example.com');
const RESOURCE = 'https://api.example.com/mcp';
const REDIRECT = 'https://app.example.com/callback'; // Exactly as it is registered.

/** What belongs to one sign-in. Keep it in the person's session on the server; the browser never sees it. */
export interface Session {
  signIn?: { verifier: string; state: string };
  tokens?: oauth.TokenEndpointResponse;
}

async function authorizationServer() {
  const secret = process.env['ACME_CLIENT_SECRET'];
  if (!secret) throw new Error('ACME_CLIENT_SECRET is not set');
  const server = await oauth.discovery(ISSUER, 'web-app', undefined, oauth.ClientSecretBasic(secret), { algorithm: 'oauth2' });
  if (!server.serverMetadata().supportsPKCE('S256')) throw new Error(`${ISSUER} does not offer PKCE with S256`);
  return server;
}

/** Begins: redirect the browser to the address that comes back. */
export async function begin(session: Session): Promise<URL> {
  const server = await authorizationServer();
  const signIn = { verifier: oauth.randomPKCECodeVerifier(), state: oauth.randomState() };
  session.signIn = signIn;
  return oauth.buildAuthorizationUrl(server, {
    redirect_uri: REDIRECT,
    scope: 'mcp:read',
    resource: RESOURCE,
    code_challenge: await oauth.calculatePKCECodeChallenge(signIn.verifier),
    code_challenge_method: 'S256',
    state: signIn.state,
  });
}

/** Ends: `query` is what the browser brought to the redirect address. */
export async function finish(session: Session, query: string): Promise<void> {
  const signIn = session.signIn;
  if (!signIn) throw new Error('this session did not begin a sign-in');
  delete session.signIn; // Whatever comes of it: an answer counts once.
  const server = await authorizationServer();
  const answer = new URL(`${REDIRECT}?${query}`);
  const checks = { pkceCodeVerifier: signIn.verifier, expectedState: signIn.state };
  session.tokens = await oauth.authorizationCodeGrant(server, answer, checks, { resource: RESOURCE });
}
