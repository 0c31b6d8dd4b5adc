// The clients that the authorization server knows from the start. Tests may rely on these ids and secrets.
// Clients that register themselves are forgotten at the next reset.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
// An authorization code is not for these, so they have neither a redirect address nor a response type.
const WITHOUT_BROWSER = { redirect_uris: [], response_types: [] };

/** A program on the person's computer: no secret, PKCE, any port on a loopback redirect. */
const desktopApp = {
  client_id: 'desktop-app',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback', 'http://[::1]/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};

/** A web application with a secret and one exact redirect address. */
const webApp = {
  client_id: 'web-app',
  client_secret: 'web-app-secret-for-the-lab-only',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://app.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};

/** A service without a person: client credentials with a secret in the Authorization header. */
const nightlyJob = {
  client_id: 'nightly-job',
  client_secret: 'nightly-job-secret-for-the-lab-only',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials'],
  ...WITHOUT_BROWSER,
};

/** A service that signs an assertion (private_key_jwt) with one of the keys in keys/. */
const reports = {
  client_id: 'reports',
  token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials'],
  jwks: JSON.parse(readFileSync(new URL('keys/reports.jwks.json', import.meta.url), 'utf8')),
  ...WITHOUT_BROWSER,
};

/** A program on a machine without a browser: device flow (RFC 8628). */
const terminal = {
  client_id: 'terminal',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: [DEVICE_GRANT, 'refresh_token'],
  ...WITHOUT_BROWSER,
};

/** A service that shows a self-signed client certificate (RFC 8705); its tokens are bound to it. */
const gateway = {
  client_id: 'gateway',
  token_endpoint_auth_method: 'self_signed_tls_client_auth',
  tls_client_certificate_bound_access_tokens: true,
  grant_types: ['client_credentials'],
  jwks: { keys: [certificateAsJwk('keys/lab-only-gateway.pem')] },
  ...WITHOUT_BROWSER,
};

/** An MCP server that asks the introspection endpoint about the tokens it receives. */
const resourceServer = {
  client_id: 'resource-server',
  client_secret: 'resource-server-secret-for-the-lab-only',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: [],
  ...WITHOUT_BROWSER,
};

export const clients = [desktopApp, webApp, nightlyJob, reports, terminal, gateway, resourceServer];

function certificateAsJwk(path) {
  const certificate = new X509Certificate(readFileSync(new URL(path, import.meta.url)));
  return { ...certificate.publicKey.export({ format: 'jwk' }), x5c: [certificate.raw.toString('base64')] };
}
