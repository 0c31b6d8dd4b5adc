// Gives out an access token that works, and refreshes it with one request at a time.

export interface Tokens {
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since 1970; both are absent when the server named no lifetime. */
  refreshAt?: number;
  expiresAt?: number;
}

export interface TokenStore {
  read(): Promise<Tokens | undefined>;
  write(tokens: Tokens): Promise<void>;
  delete(): Promise<void>;
  /** Runs the work while no other process runs its own. */
  lock<T>(work: () => Promise<T>): Promise<T>;
}

export interface Login {
  tokenEndpoint: string;
  clientId: string;
  resource: string;
}

/** Only a person can help now. */
export class SignInNeeded extends Error {}

interface TokenAnswer {
  access_token?: unknown;
  refresh_token?: unknown;
  token_type?: unknown;
  expires_in?: unknown;
  error?: unknown;
}

/** The one place where a lifetime becomes a time. `askedAt` is the moment before the request. */
export function tokensOf(answer: TokenAnswer, askedAt: number, oldRefreshToken?: string): Tokens {
  if (typeof answer.access_token !== 'string' || String(answer.token_type).toLowerCase() !== 'bearer') {
    throw new Error('the token endpoint answered without a bearer token');
  }
  const refreshToken = typeof answer.refresh_token === 'string' ? answer.refresh_token : oldRefreshToken;
  const tokens: Tokens = { accessToken: answer.access_token, refreshToken };
  const lifetime = Number(answer.expires_in) * 1000;
  if (!(lifetime > 0)) return tokens;
  const margin = Math.min(60_000, lifetime * 0.1);
  return { ...tokens, expiresAt: askedAt + lifetime, refreshAt: askedAt + lifetime - margin };
}

export class TokenSource {
  readonly #login: Login;
  readonly #store: TokenStore;
  #refreshing: Promise<Tokens> | undefined;

  constructor(login: Login, store: TokenStore) {
    this.#login = login;
    this.#store = store;
  }

  /** `rejected` is the token that a server has just answered with 401. */
  async accessToken(rejected?: string): Promise<string> {
    const tokens = await this.#store.read();
    if (!tokens) throw new SignInNeeded('nobody is signed in');
    if (isFresh(tokens, rejected)) return tokens.accessToken;
    this.#refreshing ??= this.#refresh(rejected).finally(() => (this.#refreshing = undefined));
    try {
      return (await this.#refreshing).accessToken;
    } catch (error) {
      // The margin is there so that a short outage goes unnoticed.
      const isValid = tokens.accessToken !== rejected && (tokens.expiresAt ?? 0) > Date.now();
      if (error instanceof SignInNeeded || !isValid) throw error;
      return tokens.accessToken;
    }
  }

  #refresh(rejected?: string): Promise<Tokens> {
    return this.#store.lock(async () => {
      // Another process may have been faster, and then our refresh token is a used one.
      const tokens = await this.#store.read();
      if (tokens && isFresh(tokens, rejected)) return tokens;
      if (!tokens?.refreshToken) throw new SignInNeeded('there is no refresh token');
      const askedAt = Date.now();
      const response = await fetch(this.#login.tokenEndpoint, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(10_000),
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: tokens.refreshToken,
          client_id: this.#login.clientId,
          resource: this.#login.resource,
        }),
      });
      const answer = (await response.json().catch(() => ({}))) as TokenAnswer;
      if (!response.ok) {
        if (answer.error !== 'invalid_grant') throw new Error(`the token endpoint answered ${response.status}`);
        await this.#store.delete();
        throw new SignInNeeded('the authorization server refused the refresh token');
      }
      const next = tokensOf(answer, askedAt, tokens.refreshToken);
      await this.#store.write(next);
      return next;
    });
  }
}

function isFresh(tokens: Tokens, rejected?: string): boolean {
  return tokens.accessToken !== rejected && Date.now() < (tokens.refreshAt ?? Infinity);
}
