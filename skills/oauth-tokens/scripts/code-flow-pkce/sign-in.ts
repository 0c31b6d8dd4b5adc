import { on } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as oauth from 'openid-client';

const ISSUER = 'https://login.example.com'; // From the MCP server's protected resource metadata.
const RESOURCE = 'https://api.example.com/mcp'; // The URL of the MCP server.
const CLIENT_ID = 'desktop-app';
const FIVE_MINUTES = 300_000;

/** Signs the person in with the browser, and returns the tokens. */
export async function signIn(openBrowser: (url: URL) => void, scope = 'mcp:read') {
  const server = await oauth.discovery(new URL(ISSUER), CLIENT_ID, undefined, oauth.None(), { algorithm: 'oauth2' });
  if (!server.serverMetadata().supportsPKCE('S256')) throw new Error(`${ISSUER} does not offer PKCE with S256`);

  const listener = createServer().listen(0, '127.0.0.1');
  const requests = on(listener, 'request', { signal: AbortSignal.timeout(FIVE_MINUTES) });
  await new Promise((resolve) => listener.once('listening', resolve));
  const redirect = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;

  // Three values for this sign-in alone. They stay in this process until the answer comes.
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const expectedState = oauth.randomState();
  openBrowser(
    oauth.buildAuthorizationUrl(server, {
      redirect_uri: redirect,
      scope,
      resource: RESOURCE,
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
    }),
  );

  try {
    for await (const [request, response] of requests as AsyncIterable<[IncomingMessage, ServerResponse]>) {
      const answer = new URL(request.url ?? '/', redirect);
      // The answer to another sign-in must not end this one: the right one may still come.
      if (answer.pathname !== '/callback' || answer.searchParams.get('state') !== expectedState) {
        response.writeHead(404).end();
        continue;
      }
      try {
        // Checks `state` again, then `iss`, then exchanges the code.
        const checks = { pkceCodeVerifier, expectedState };
        const tokens = await oauth.authorizationCodeGrant(server, answer, checks, { resource: RESOURCE });
        response.end('You are signed in. Close this page and go back to the program.');
        return tokens;
      } catch (error) {
        response.writeHead(400).end('The sign-in failed. Go back to the program.');
        throw error;
      }
    }
    throw new Error('nobody answered');
  } finally {
    listener.close();
  }
}
