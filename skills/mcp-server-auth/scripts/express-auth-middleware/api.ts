import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const ISSUER = 'https://login.example.com';
const AUDIENCE = 'https://api.example.com';
const keys = createRemoteJWKSet(new URL('https://login.example.com/jwks'));
// The keys could not be had: 500. A new token would not help.
const OUTAGES = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

export function createApp(listInvoices: (person: string) => Promise<unknown>) {
  const app = express();
  // TLS ends at a proxy on this machine. Only its X-Forwarded-… headers are believed.
  app.set('trust proxy', 'loopback');
  app.use(requireHttps);
  // Counts refused credentials, for each address.
  const isRefused = (_request: unknown, response: { statusCode: number }) => response.statusCode !== 401;
  app.use(rateLimit({ windowMs: 60_000, limit: 20, skipSuccessfulRequests: true, requestWasSuccessful: isRefused }));
  app.use(authenticate);
  app.get('/invoices', async (_request, response) => {
    response.json(await listInvoices(response.locals['claims'].sub));
  });
  app.delete('/invoices', requireRole('admin'), (_request, response) => {
    response.status(204).end();
  });
  app.use(hideErrors);
  return app;
}

const requireHttps: RequestHandler = (request, response, next) => {
  response.set('Strict-Transport-Security', 'max-age=31536000');
  if (request.secure) return next();
  // No redirect: what came in the clear must be seen to fail.
  response.status(403).json({ error: 'https_required' });
};

/** 401 unless a good token stands in the Authorization header. */
const authenticate: RequestHandler = async (request, response, next) => {
  if ('access_token' in request.query) return refuse(response, 400, 'invalid_request');
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) return refuse(response, 401);
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: ['RS256'],
      typ: 'at+jwt',
      requiredClaims: ['exp', 'sub'],
    });
    response.locals['claims'] = payload;
  } catch (error) {
    const isAboutToken = error instanceof errors.JOSEError && !OUTAGES.includes(error.code);
    return isAboutToken ? refuse(response, 401, 'invalid_token') : next(error);
  }
  next();
};

/** 403 for somebody who is known and may not. */
function requireRole(role: string): RequestHandler {
  return (_request, response, next) => {
    const roles = response.locals['claims']?.roles;
    if (Array.isArray(roles) && roles.includes(role)) return next();
    response.status(403).json({ error: 'forbidden' });
  };
}

function refuse(response: Response, status: number, error?: string) {
  response.status(status).set('WWW-Authenticate', error ? `Bearer error="${error}"` : 'Bearer');
  response.json({ error: error ?? 'unauthorized' });
}

/** The caller gets a number to quote, the log gets the rest. */
const hideErrors: ErrorRequestHandler = (error, request, response, next) => {
  const id = randomUUID();
  // Not the object: an error of an HTTP client carries the headers that it sent. Not the URL: its query may be secret.
  console.error(id, request.method, request.path, error instanceof Error ? error.stack : 'no error object');
  if (response.headersSent) return next(error);
  response.status(500).json({ error: 'server_error', id });
};
