import { randomBytes } from 'node:crypto';
import { on } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import type { OAuthClientProvider, OAuthDiscoveryState, StoredOAuthTokens } from '@modelcontextprotocol/client';

const SERVER = new URL('https://api.example.com/mcp');
const FIVE_MINUTES = 300_000;

/** What the SDK asks its user for. One object serves one sign-in. */
class SignIn implements OAuthClientProvider {
  // The registration, and the authorization server that it belongs to: the SDK sends it to no other.
  readonly #registration = { client_id: 'desktop-app', issuer: 'https://login.example.com' };
  #tokens?: StoredOAuthTokens;
  #discovery?: OAuthDiscoveryState;
  #verifier = '';
  readonly #state = randomBytes(32).toString('base64url');

  constructor(readonly redirectUrl: string, readonly openBrowser: (url: URL) => void) {}

  get clientMetadata() {
    return { redirect_uris: [this.redirectUrl], token_endpoint_auth_method: 'none' };
  }
  clientInformation = () => this.#registration;
  tokens = () => this.#tokens;
  saveTokens = (tokens: StoredOAuthTokens) => void (this.#tokens = tokens);
  codeVerifier = () => this.#verifier;
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier);
  discoveryState = () => this.#discovery;
  saveDiscoveryState = (discovery: OAuthDiscoveryState) => void (this.#discovery = discovery);
  state = () => this.#state;

  redirectToAuthorization(url: URL) {
    // The SDK goes on when the list is missing. The specification forbids that.
    const methods = this.#discovery?.authorizationServerMetadata?.code_challenge_methods_supported;
    if (!methods?.includes('S256')) throw new Error('the authorization server does not offer PKCE with S256');
    this.openBrowser(url);
  }

  /** The SDK leaves `state` to its user, and checks `iss` itself. */
  checkState(answer: URLSearchParams) {
    if (answer.get('state') !== this.#state) throw new Error('the answer belongs to another sign-in');
  }
}

/** Connects to the MCP server, and signs the person in when it asks for that. */
export async function connect(openBrowser: (url: URL) => void): Promise<Client> {
  const listener = createServer().listen(0, '127.0.0.1');
  const requests = on(listener, 'request', { signal: AbortSignal.timeout(FIVE_MINUTES) });
  await new Promise((resolve) => listener.once('listening', resolve));
  const redirect = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;

  const authProvider = new SignIn(redirect, openBrowser);
  const client = new Client({ name: 'acme-desktop', version: '1.0.0' });
  try {
    const first = new StreamableHTTPClientTransport(SERVER, { authProvider });
    try {
      await client.connect(first);
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      const answer = await nextAnswer(requests as Requests, redirect);
      authProvider.checkState(answer);
      await first.finishAuth(answer); // All parameters, not the code alone: so the SDK can check `iss`.
      await client.connect(new StreamableHTTPClientTransport(SERVER, { authProvider }));
    }
    return client;
  } finally {
    listener.close();
  }
}

type Requests = AsyncIterable<[IncomingMessage, ServerResponse]>;

async function nextAnswer(requests: Requests, redirect: string) {
  for await (const [request, response] of requests) {
    const url = new URL(request.url ?? '/', redirect);
    if (url.pathname === '/callback') {
      response.end('You can close this page and go back to the program.');
      return url.searchParams;
    }
    response.writeHead(404).end();
  }
  throw new Error('nobody answered');
}
