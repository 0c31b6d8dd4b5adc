// Slows down whoever presents bad credentials. Mount it before the check of the token.
import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

const LIMIT = 20;
const WINDOW = 60_000;
const MOST_ENTRIES = 10_000;

/** Answers 429 to an address with too many refused credentials, except to tokens that were good there lately. */
export function throttleFailures(limit = LIMIT): RequestHandler {
  const failures = new Map<string, { count: number; until: number }>();
  const accepted = new Map<string, number>();
  return (request, response, next) => {
    const presented = request.header('Authorization');
    // Every client's first request comes without a token: that is no failure.
    if (presented === undefined) return next();
    const address = addressOf(request);
    const caller = createHash('sha256').update(`${address} ${presented}`).digest('base64');
    const now = Date.now();
    const entry = failures.get(address);
    const isThrottled = entry !== undefined && entry.count >= limit && entry.until > now;
    if (isThrottled && !((accepted.get(caller) ?? 0) > now)) {
      response.set('Retry-After', String(Math.ceil((entry.until - now) / 1000)));
      response.status(429).json({ error: 'too_many_requests', error_description: 'Too many failed attempts' });
      return;
    }
    response.on('finish', () => {
      if (response.statusCode === 401) {
        const last = failures.get(address);
        const count = last !== undefined && last.until > now ? last.count + 1 : 1;
        accepted.delete(caller);
        remember(failures, address, { count, until: Date.now() + WINDOW });
      } else if (response.statusCode < 400) {
        remember(accepted, caller, Date.now() + WINDOW);
      }
    });
    next();
  };
}

/** IPv6 hosts own many addresses, so a whole /56 counts as one. */
function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? 'unknown', 56);
}

/** The oldest entry makes room: an attacker must not fill the memory. */
function remember<T>(entries: Map<string, T>, key: string, value: T): void {
  entries.delete(key);
  const oldest = entries.keys().next();
  if (entries.size >= MOST_ENTRIES && !oldest.done) entries.delete(oldest.value);
  entries.set(key, value);
}
