// The OAuth client of mcp-call: remembers what the SDK hands it, and lets `oauth-login` be the browser.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REDIRECT = 'http://127.0.0.1:4321/callback';

/** @implements {import('@modelcontextprotocol/client').OAuthClientProvider} */
export class SignIn {
  redirectUrl = REDIRECT;

  /** The scopes and resources that were asked for, one entry for each time the browser would have opened. */
  authorizationRequests = [];

  #registrations = new Map();
  #fixedClientId;
  #pending;
  #tokens;
  #verifier;
  #state;
  #discovery;

  constructor(clientId) {
    this.#fixedClientId = clientId;
  }

  get clientMetadata() {
    return {
      client_name: 'mcp-call',
      application_type: 'native',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  // Credentials belong to the issuer that gave them.
  clientInformation(context) {
    if (this.#fixedClientId) return { client_id: this.#fixedClientId, issuer: context?.issuer };
    return this.#registrations.get(context?.issuer);
  }

  saveClientInformation(information, context) {
    this.#registrations.set(context?.issuer, information);
  }

  tokens() {
    return this.#tokens;
  }

  saveTokens(tokens) {
    this.#tokens = tokens;
  }

  state() {
    this.#state = randomUUID();
    return this.#state;
  }

  saveCodeVerifier(verifier) {
    this.#verifier = verifier;
  }

  codeVerifier() {
    return this.#verifier;
  }

  saveDiscoveryState(discovery) {
    this.#discovery = discovery;
  }

  discoveryState() {
    return this.#discovery;
  }

  redirectToAuthorization(url) {
    this.#pending = url;
    this.authorizationRequests.push({
      client: url.searchParams.get('client_id'),
      scope: url.searchParams.get('scope'),
      resource: url.searchParams.get('resource'),
    });
  }

  get isPending() {
    return this.#pending !== undefined;
  }

  /** What the redirect address received. The SDK checks `iss`; `state` is left to its user. */
  async answerOfPerson() {
    const { stdout } = await run('oauth-login', [this.#pending.href]);
    this.#pending = undefined;
    const parameters = new URL(stdout.trim()).searchParams;
    if (parameters.get('state') !== this.#state) throw new Error('the answer carries another state');
    return parameters;
  }
}
