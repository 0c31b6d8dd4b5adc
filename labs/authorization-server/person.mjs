// Stands in for the person at the browser: signs in and answers the consent page by itself. A client that follows
// redirects with a cookie jar gets through; there is no form to fill in.

const OIDC_SCOPES = ['openid', 'offline_access'];
const REFUSAL = 'The person said no';

/** Middleware: answers the provider's questions during an authorization request. */
export function answerInteractions(provider) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    const interaction = await provider.interactionDetails(ctx.req, ctx.res);
    const result = await decide(provider, interaction, ctx.state.options);
    await provider.interactionFinished(ctx.req, ctx.res, result);
    ctx.respond = false;
  };
}

async function decide(provider, { prompt, session, grantId, params }, { account, consent }) {
  if (prompt.name === 'login') return { login: { accountId: account } };
  if (consent === 'deny') return { error: 'access_denied', error_description: REFUSAL };
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details;
  grant.addOIDCScope(missingOIDCScope.join(' '));
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return { consent: { grantId: await grant.save() } };
}

/** Middleware: a visit of `verification_uri_complete` is the person's answer to a device. */
export function answerDeviceVisits(provider) {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' || ctx.path !== '/device' || !ctx.query.user_code) return next();
    const userCode = ctx.query.user_code.toUpperCase().replace(/\W/g, '');
    const device = await provider.DeviceCode.findByUserCode(userCode);
    const isOpen = device && !device.accountId && !device.error;
    if (isOpen) await answerDevice(provider, device, ctx.state.options);
    ctx.status = isOpen ? 200 : 400;
    ctx.body = isOpen ? 'Done. You may close this page.' : 'This code is wrong, used or too old.';
  };
}

/**
 * Middleware: with another option than `device: visit`, the person answers after the device has asked once, so that a
 * test needs no second actor. The device sees `authorization_pending` or `slow_down` first, then the answer.
 */
export function answerDevicePolls(provider) {
  return async (ctx, next) => {
    await next();
    const { options } = ctx.state;
    if (ctx.path === '/device/auth' && ctx.status === 200) ctx.body.interval = options['device-interval'];
    const isPending = ctx.path === '/token' && ctx.body?.error === 'authorization_pending';
    if (!isPending || options.device === 'visit') return;
    const device = await provider.DeviceCode.find(ctx.oidc.params.device_code);
    await answerDevice(provider, device, options);
    if (options.device === 'slow-down') ctx.body = { error: 'slow_down' };
  };
}

async function answerDevice(provider, device, { account, consent, device: behaviour }) {
  if (consent === 'deny' || behaviour === 'deny') {
    Object.assign(device, { error: 'access_denied', errorDescription: REFUSAL });
  } else {
    Object.assign(device, await approval(provider, device, account));
  }
  await device.save();
}

async function approval(provider, { clientId, params }, accountId) {
  const scopes = (params.scope ?? '').split(' ').filter(Boolean);
  const resources = [params.resource ?? []].flat();
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scopes.filter((scope) => OIDC_SCOPES.includes(scope)).join(' '));
  for (const resource of resources) {
    grant.addResourceScope(resource, scopes.filter((scope) => !OIDC_SCOPES.includes(scope)).join(' '));
  }
  return {
    accountId,
    grantId: await grant.save(),
    authTime: Math.floor(Date.now() / 1000),
    scope: scopes.join(' '),
    // The provider writes one resource as a text, and none as nothing at all.
    resource: resources.length > 1 ? resources : resources[0],
  };
}
