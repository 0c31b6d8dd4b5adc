import { randomBytes } from 'node:crypto';
import { on } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';

const SERVER = new URL('https://api.example.com/mcp');
const FIVE_MINUTES = 300_000;

class SignIn implements OAuthClientProvider {
  readonly #registration = { client_id: 'desktop-app', issuer: 'https://login.example.com' };
  #tokens?: OAuthTokens;
  #discovery?: OAuthDiscoveryState;
  #verifier = '';
  readonly #state = randomBytes(32).toString('base64url');

  constructor(readonly redirectUrl: string, readonly openBrowser: (url: URL) => void) {}

  get clientMetadata() {
    return { redirect_uris: [this.redirectUrl], token_endpoint_auth_method: 'none' };
  }
  clientInformation = () => this.#registration;
  tokens = () => this.#tokens;
  saveTokens = (tokens: OAuthTokens) => void (this.#tokens = tokens);
  codeVerifier = () => this.#verifier;
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier);
  discoveryState = () => this.#discovery;
  saveDiscoveryState = (discovery: OAuthDiscoveryState) => void (this.#discovery = discovery);
  state = () => this.#state;

  redirectToAuthorization(url: URL) {
    const methods = this.#discovery?.authorizationServerMetadata?.code_challenge_methods_supported;
    if (!methods?.includes('S256')) throw new Error('the authorization server does not offer PKCE with S256');
    this.openBrowser(url);
  }

  /** Gives the code of an answer, if it is the answer to this sign-in. Version 1 of the SDK checks nothing of it. */
  codeOf(answer: URLSearchParams): string {
    if (answer.get('state') !== this.#state) throw new Error('the answer belongs to another sign-in');
    const metadata: Record<string, unknown> = { ...this.#discovery?.authorizationServerMetadata };
    const iss = answer.get('iss');
    const mustHaveIss = metadata['authorization_response_iss_parameter_supported'] === true;
    if (iss === null ? mustHaveIss : iss !== metadata['issuer']) throw new Error('another issuer answered');
    const code = answer.get('code');
    if (!code) throw new Error(`no sign-in: ${answer.get('error')}`);
    return code;
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
      await first.finishAuth(authProvider.codeOf(await nextAnswer(requests as Requests, redirect)));
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
