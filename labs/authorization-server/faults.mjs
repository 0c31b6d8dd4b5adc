// The faults that a test can ask for. To add one, add a line to FAULTS: its value is Koa middleware that stands in front
// of the provider, made by `instead` (another answer), `late` (the right answer after the delay) or `changed`
// (the right answer, altered).
import { setTimeout as sleep } from 'node:timers/promises';

const TOKEN = ['/token'];
const JWKS = ['/jwks'];
const METADATA = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const GATEWAY_PAGE = '<html><body><h1>503 Service Unavailable</h1></body></html>';
const WRONG_ISSUER = 'https://other.example.com';

export const FAULTS = {
  none: pass,
  'token-500': instead(TOKEN, 500, { error: 'server_error' }),
  'token-429': instead(TOKEN, 429, { error: 'temporarily_unavailable' }, { 'Retry-After': '1' }),
  'token-503-html': instead(TOKEN, 503, GATEWAY_PAGE, { 'Content-Type': 'text/html' }),
  'token-200-html': instead(TOKEN, 200, GATEWAY_PAGE, { 'Content-Type': 'text/html' }),
  'token-invalid-client': instead(TOKEN, 401, { error: 'invalid_client' }, { 'WWW-Authenticate': 'Basic realm="login"' }),
  'token-invalid-grant': instead(TOKEN, 400, { error: 'invalid_grant' }),
  'token-slow': late(TOKEN),
  'token-hang': hang(TOKEN),
  'token-without-refresh-token': changed(TOKEN, (ctx) => delete ctx.body.refresh_token),
  'metadata-404': instead(METADATA, 404, 'Not found'),
  'metadata-500': instead(METADATA, 500, 'Internal server error'),
  'metadata-slow': late(METADATA),
  'metadata-oidc-only': instead(METADATA.slice(0, 1), 404, 'Not found'),
  'metadata-wrong-issuer': changed(METADATA, (ctx) => (ctx.body.issuer = WRONG_ISSUER)),
  'metadata-without-pkce': changed(METADATA, (ctx) => delete ctx.body.code_challenge_methods_supported),
  'jwks-500': instead(JWKS, 500, 'Internal server error'),
  'wrong-iss': redirected((parameters) => parameters.set('iss', WRONG_ISSUER)),
  'without-iss': redirected((parameters) => parameters.delete('iss')),
  'wrong-state': redirected((parameters) => parameters.set('state', 'not-the-state-you-sent')),
  // Not middleware: the server shows a certificate of an authority that nobody trusts, see main.mjs.
  'untrusted-certificate': pass,
};

function pass(ctx, next) {
  return next();
}

function instead(paths, status, body, headers = {}) {
  return async (ctx, next) => {
    if (!paths.includes(ctx.path)) return next();
    await untilReceived(ctx.req);
    ctx.status = status;
    ctx.body = body;
    ctx.set(headers);
  };
}

function late(paths) {
  return async (ctx, next) => {
    if (paths.includes(ctx.path)) await sleep(ctx.state.options.delay, undefined, { ref: false });
    return next();
  };
}

function hang(paths) {
  return async (ctx, next) => {
    if (!paths.includes(ctx.path)) return next();
    // The connection stays open until the client gives up or the next reset closes it.
    ctx.respond = false;
    ctx.req.resume();
  };
}

function changed(paths, change) {
  return async (ctx, next) => {
    await next();
    if (paths.includes(ctx.path) && ctx.status === 200) change(ctx);
  };
}

/** Alters what the client gets to see at its redirect address. */
function redirected(change) {
  return async (ctx, next) => {
    await next();
    const location = ctx.response.get('Location');
    if (!location) return;
    const here = `https://${ctx.host}`;
    const url = new URL(location, here);
    if (url.origin === here) return;
    change(url.searchParams);
    ctx.set('Location', url.href);
  };
}

/** An answer before the end of the request would cut the client off, and its body would be missing from the record. */
async function untilReceived(request) {
  request.resume();
  if (!request.complete) await new Promise((resolve) => request.once('end', resolve).once('close', resolve));
}
