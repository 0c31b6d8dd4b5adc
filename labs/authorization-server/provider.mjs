// Builds the provider (an OAuth 2.1 server in one object) for the current options. It costs under a millisecond, so every
// `reset` and `set` makes a new one: with a new store it has forgotten everything, with the old store nothing.
import Provider, { errors } from 'oidc-provider';

import { clients } from './clients.mjs';
import { FAULTS } from './faults.mjs';
import { answerDevicePolls, answerDeviceVisits, answerInteractions } from './person.mjs';

export const ISSUER = 'https://login.example.com';
const RESOURCES = ['https://api.example.com/mcp', 'https://mcp.example.com/mcp'];
const RESOURCE_SCOPE = 'mcp:read mcp:write';
const CODE_LIFETIME = 60;
const SESSION_LIFETIME = 3600;

/** @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} */
export function createHandler({ options, store, keys }) {
  const provider = new Provider(ISSUER, {
    adapter: store,
    clients,
    jwks: keys[options.keys],
    cookies: { keys: ['lab only'] },
    scopes: ['openid', 'offline_access', ...RESOURCE_SCOPE.split(' ')],
    clientAuthMethods: [
      'none',
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'self_signed_tls_client_auth',
    ],
    responseTypes: ['code'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // MCP clients may leave out `offline_access`; a client that may refresh gets a refresh token all the same.
    issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
    findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    extraTokenClaims: () => options.claims,
    formats: { customizers: { jwt: (ctx, token, { payload }) => backdate(payload, options['issued-ago']) } },
    ttl: lifetimes(options),
    features: features(options),
  });
  provider.on('server_error', (ctx, error) => console.error(error));
  provider.use((ctx, next) => {
    ctx.state.options = options;
    return next();
  });
  provider.use(FAULTS[options.fault]);
  if (options.registration === 'refused') provider.use(refuseRegistration);
  provider.use(answerInteractions(provider));
  provider.use(answerDeviceVisits(provider));
  provider.use(answerDevicePolls(provider));
  return provider.callback();
}

function features(options) {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    registration: { enabled: options.registration !== 'absent' },
    revocation: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (ctx, client) => client.clientAuthMethod !== 'none' },
    dPoP: { enabled: true },
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      selfSignedTlsClientAuth: true,
      getCertificate: (ctx) => ctx.socket.getPeerX509Certificate(),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, client, oneOf) => oneOf,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource) => describeResource(resource, options),
    },
  };
}

function describeResource(resource, options) {
  if (![...RESOURCES, ...options.resources].includes(resource)) throw new errors.InvalidTarget();
  return {
    audience: resource,
    scope: RESOURCE_SCOPE,
    accessTokenTTL: options['access-token-lifetime'],
    accessTokenFormat: options['access-token-format'],
    jwt: { sign: { alg: options['signing-algorithm'] } },
  };
}

function lifetimes(options) {
  return {
    AccessToken: options['access-token-lifetime'],
    ClientCredentials: options['access-token-lifetime'],
    RefreshToken: options['refresh-token-lifetime'],
    AuthorizationCode: CODE_LIFETIME,
    DeviceCode: SESSION_LIFETIME,
    Grant: SESSION_LIFETIME,
    IdToken: SESSION_LIFETIME,
    Interaction: SESSION_LIFETIME,
    Session: SESSION_LIFETIME,
  };
}

/** Makes a token look older than it is: a test of expiry needs no waiting. */
function backdate(payload, seconds) {
  payload.iat -= seconds;
  payload.exp -= seconds;
}

/** The endpoint stays advertised, as at servers that let an administrator register clients. */
async function refuseRegistration(ctx, next) {
  if (ctx.path !== '/reg') return next();
  ctx.req.resume();
  ctx.status = 403;
  ctx.body = { error: 'access_denied', error_description: 'Ask your administrator to register this client' };
}
