import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const TOLERANCE = 5 * 60; // Seconds, to both sides.

/**
 * Lets only webhooks of the sender through, each once. Stands behind `express.raw`.
 *
 * `secrets` are those that are valid now: two of them while the sender changes to a new one.
 */
export function checkWebhook(secrets: string[], now = () => Math.floor(Date.now() / 1000)) {
  const keys = secrets.map(readSecret);
  // Several processes need one store for all, such as the table of received events.
  const seen = new Map<string, number>();

  return function check(request: Request, response: Response, next: NextFunction): void {
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = request.headers;
    if (typeof id !== 'string' || typeof time !== 'string' || typeof signatures !== 'string') {
      return void response.status(401).end('not signed');
    }
    if (!Buffer.isBuffer(request.body)) throw new Error('express.raw must stand before checkWebhook');
    const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), request.body]);
    if (!isSigned(signed, signatures, keys)) return void response.status(401).end('wrong signature');
    if (!/^[0-9]{1,12}$/.test(time) || Math.abs(now() - Number(time)) > TOLERANCE) {
      return void response.status(401).end('signed too long ago, or in the future');
    }
    for (const [old, end] of seen) if (end < now()) seen.delete(old);
    // The sender repeats what it takes for lost. A success ends that, and nothing is done twice.
    if (seen.has(id)) return void response.status(200).end('received before');
    seen.set(id, now() + 2 * TOLERANCE);
    next();
  };
}

/** One of the signatures must fit one of the keys. */
function isSigned(signed: Buffer, signatures: string, keys: Buffer[]): boolean {
  const given = signatures.split(' ').flatMap((part) => {
    const [version, text] = part.split(',');
    return version === 'v1' && text ? [Buffer.from(text, 'base64')] : [];
  });
  return keys.some((key) => {
    const expected = createHmac('sha256', key).update(signed).digest();
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
}

function readSecret(secret: string): Buffer {
  const [, text] = /^whsec_([A-Za-z0-9+/]{32,}={0,2})$/.exec(secret) ?? [];
  if (text === undefined) throw new Error('a secret must be whsec_ and 24 bytes or more in base64');
  return Buffer.from(text, 'base64');
}
