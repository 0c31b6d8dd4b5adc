// Calls one server with an access token, refreshes it, and tries once more after a 401.

export interface AccessTokens {
  /** `rejected` is the token that the server has just refused. */
  accessToken(rejected?: string): Promise<string>;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  /** Text, because a stream cannot be sent a second time. */
  body?: string;
}

export class ApiClient {
  readonly #base: URL;
  readonly #tokens: AccessTokens;

  constructor(base: string, tokens: AccessTokens) {
    this.#base = new URL(base);
    this.#tokens = tokens;
    if (this.#base.protocol !== 'https:') throw new Error(`${base} is not https`);
  }

  async call(path: string, call: Call = {}): Promise<Response> {
    const url = new URL(path, this.#base);
    if (url.origin !== this.#base.origin) throw new Error(`${url.origin} is not ${this.#base.origin}`);
    const token = await this.#tokens.accessToken();
    const response = await send(url, call, token);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    return send(url, call, await this.#tokens.accessToken(token));
  }
}

function send(url: URL, call: Call, token: string): Promise<Response> {
  const headers = new Headers(call.headers);
  headers.set('Authorization', `Bearer ${token}`);
  return fetch(url, { ...call, headers, redirect: 'error', signal: AbortSignal.timeout(30_000) });
}
