const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

export interface Settings {
  tokenEndpoint: URL;
  clientId: string;
  clientSecret: string;
}

/** Exchanges the token of a caller, which is already verified, for one that the upstream server accepts. */
export async function exchange(settings: Settings, callerToken: string, upstream: URL, scope: string) {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  const login = `${encode(settings.clientId)}:${encode(settings.clientSecret)}`;
  const response = await fetch(settings.tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: GRANT,
      subject_token: callerToken,
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
      resource: upstream.href,
      scope,
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  const answer: Record<string, unknown> = Object(await response.json().catch(() => undefined));
  if (!response.ok) throw new Error(`token exchange failed: ${response.status} ${answer['error'] ?? 'no reason'}`);
  // It may be another kind of token, such as an ID-JAG, which is no access token.
  if (answer['issued_token_type'] !== ACCESS_TOKEN) throw new Error('token exchange gave no access token');
  return { accessToken: String(answer['access_token']), expiresIn: Number(answer['expires_in'] ?? 0) };
}
