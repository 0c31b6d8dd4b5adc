// The web site: which address gets which answer.
import { buildOAuthProtectedResourceMetadata } from '@modelcontextprotocol/server';

import { FAULTS } from './faults.mjs';
import { GATES } from './gates.mjs';
import { mcpHandler } from './tools.mjs';

const METADATA_PREFIX = '/.well-known/oauth-protected-resource';
const OTHER_RESOURCE = 'https://other.example.com/mcp';
const DEFAULT_CHALLENGES = {
  401: 'Bearer error="invalid_token", error_description="The token is not valid"',
  403: 'Bearer error="insufficient_scope", scope="mcp:read mcp:write"',
};

/**
 * Answers one request.
 * @param {{request: Request, body: Buffer, certificate: any, options: any, countForced: () => number}} visit
 */
export async function answer(visit) {
  const { request, options } = visit;
  const url = new URL(request.url);
  if (url.pathname.startsWith(METADATA_PREFIX)) return answerMetadata(url, options);
  if (!isEndpoint(url)) return Response.json({ error: 'not found' }, { status: 404 });
  const response =
    (await FAULTS[options.fault](options)) ??
    answerForced(visit) ??
    (await answerMcp({ ...visit, resource: new URL(url.pathname, url.origin) }));
  return withChallenge(response, options);
}

function isEndpoint({ pathname }) {
  return pathname.endsWith('/mcp');
}

/** RFC 9728, for the path that follows the prefix. */
function answerMetadata(url, options) {
  const resource = new URL(url.pathname.slice(METADATA_PREFIX.length), url.origin);
  if (options.auth !== 'oauth' || options['resource-metadata'] === 'missing' || !isEndpoint(resource)) {
    return Response.json({ error: 'not found' }, { status: 404 });
  }
  const metadata = buildOAuthProtectedResourceMetadata({
    oauthMetadata: { issuer: options.issuer },
    resourceServerUrl: resource,
    scopesSupported: ['mcp:read', 'mcp:write'],
    resourceName: 'Lab',
  });
  if (options['resource-metadata'] === 'other-resource') metadata.resource = OTHER_RESOURCE;
  return Response.json(metadata, { headers: { 'Access-Control-Allow-Origin': '*' } });
}

/** The answer that the options `status` and `redirect` ask for, for the first `times` requests with `method`. */
function answerForced({ body, options, countForced }) {
  const { status, redirect, method, times } = options;
  if (!status && !redirect) return undefined;
  if (method && methodOf(body) !== method) return undefined;
  if (times && countForced() > times) return undefined;
  if (redirect) return new Response(null, { status: status ?? 302, headers: { Location: redirect } });
  const response = Response.json({ error: `status ${status}, as the test wants it` }, { status });
  const challenge = options.auth === 'header' ? undefined : DEFAULT_CHALLENGES[status];
  if (challenge) response.headers.set('WWW-Authenticate', challenge);
  return response;
}

function methodOf(body) {
  try {
    return JSON.parse(body).method;
  } catch {
    return undefined;
  }
}

async function answerMcp(visit) {
  const caller = await GATES[visit.options.auth](visit);
  if (caller instanceof Response) return caller;
  return mcpHandler.fetch(visit.request, { authInfo: caller });
}

/** With the option `www-authenticate` every refusal carries that header. */
function withChallenge(response, options) {
  const isRefusal = response.status === 401 || response.status === 403;
  if (isRefusal && options['www-authenticate']) response.headers.set('WWW-Authenticate', options['www-authenticate']);
  return response;
}
