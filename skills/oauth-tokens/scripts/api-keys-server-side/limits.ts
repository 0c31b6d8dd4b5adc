import type {} from '@modelcontextprotocol/express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';

/** Against guessing and broken clients: 20 refusals per address and minute. Stands before the gate. */
export const limitRefusals = rateLimit({
  windowMs: 60_000,
  limit: 20,
  skipSuccessfulRequests: true,
  requestWasSuccessful: (_, response) => response.statusCode !== 401,
  standardHeaders: 'draft-8',
  legacyHeaders: false,
});

/** Against one key that takes all: 100 requests per key and minute. Stands behind the gate. */
export const limitUse = rateLimit({
  windowMs: 60_000,
  limit: 100,
  keyGenerator: (request) => request.auth?.clientId ?? ipKeyGenerator(request.ip ?? ''),
  standardHeaders: 'draft-8',
  legacyHeaders: false,
});
