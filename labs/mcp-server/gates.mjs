// Who may call: one gate for each value of the option `auth`. A gate returns what is known about the caller, or the
// response that refuses.
import { createHash, timingSafeEqual } from 'node:crypto';

import {
  OAuthError,
  OAuthErrorCode,
  getOAuthProtectedResourceMetadataUrl,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const REQUIRED_SCOPES = ['mcp:read'];
const ALGORITHMS = ['RS256', 'ES256'];
// The lab's own tokens live as long as the process: the SDK refuses a token without an expiry.
const FAR_FUTURE = 4102444800;

/**
 * @typedef {import('@modelcontextprotocol/server').AuthInfo} AuthInfo
 * @typedef {object} Visit
 * @property {Request} request
 * @property {URL} resource the address of the endpoint, which is also the audience of its tokens
 * @property {import('node:crypto').X509Certificate | undefined} certificate of the client
 * @property {any} options
 */

/** @type {Record<string, (visit: Visit) => Promise<AuthInfo | Response | undefined>>} */
export const GATES = { none: async () => undefined, bearer: passBearer, header: passHeader, oauth: passOAuth };

/** One fixed token, as an API hands it out. There is no metadata, so a client has nowhere to sign in. */
async function passBearer({ request, options }) {
  const verifier = {
    async verifyAccessToken(token) {
      if (!isSame(token, options.token)) throw new OAuthError(OAuthErrorCode.InvalidToken, 'Unknown token');
      return fixedCaller(token, options);
    },
  };
  return requireBearerAuth({ verifier, requiredScopes: REQUIRED_SCOPES })(request);
}

/** A header of the API's own making, such as X-API-Key. Its refusal carries no challenge: there is no scheme for it. */
async function passHeader({ request, options }) {
  const { name, value } = options.header;
  const sent = request.headers.get(name) ?? '';
  if (isSame(sent, value)) return fixedCaller(sent, options);
  return Response.json({ error: `missing or wrong ${name}` }, { status: 401 });
}

/** An access token (RFC 9068) of the authorization server, meant for this very endpoint. */
async function passOAuth({ request, resource, certificate, options }) {
  const verifier = {
    async verifyAccessToken(token) {
      const claims = await verify(token, resource, options.issuer);
      checkBinding(claims.cnf, certificate);
      return {
        token,
        clientId: claims.client_id,
        scopes: (claims.scope ?? '').split(' ').filter(Boolean),
        expiresAt: claims.exp,
        resource,
        extra: { sub: claims.sub, claims },
      };
    },
  };
  const gate = requireBearerAuth({
    verifier,
    requiredScopes: REQUIRED_SCOPES,
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
    expectedResource: resource,
  });
  return gate(request);
}

async function verify(token, resource, issuer) {
  const keys = await keysOf(issuer);
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: resource.href,
      typ: 'at+jwt',
      algorithms: ALGORITHMS,
    });
    return payload;
  } catch (error) {
    throw new OAuthError(OAuthErrorCode.InvalidToken, error.message.replaceAll('"', "'"));
  }
}

/** A token that is bound to a key is worth nothing without it. The lab knows certificates (RFC 8705), not DPoP. */
function checkBinding(confirmation, certificate) {
  if (!confirmation) return;
  const thumbprint = certificate && createHash('sha256').update(certificate.raw).digest('base64url');
  if (!thumbprint || confirmation['x5t#S256'] !== thumbprint) {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is bound to another key');
  }
}

let keySets = new Map();

/** The keys of an issuer, asked for at the first request, so that other modes need no authorization server. */
function keysOf(issuer) {
  if (!keySets.has(issuer)) {
    const keys = loadKeys(issuer);
    keySets.set(issuer, keys);
    // A failure must not be remembered.
    keys.catch(() => keySets.delete(issuer));
  }
  return keySets.get(issuer);
}

async function loadKeys(issuer) {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  if (!response.ok) throw new Error(`the metadata of ${issuer} answered ${response.status}`);
  const metadata = await response.json();
  if (metadata.issuer !== issuer) throw new Error(`the metadata of ${issuer} names another issuer`);
  // After a rotation an unknown key id must lead to a new look at once: a test does not wait.
  return createRemoteJWKSet(new URL(metadata.jwks_uri), { cooldownDuration: 0 });
}

export function forgetKeys() {
  keySets = new Map();
}

function fixedCaller(token, { account, scopes }) {
  return { token, clientId: 'static', scopes, expiresAt: FAR_FUTURE, extra: { sub: account } };
}

function isSame(left, right) {
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
