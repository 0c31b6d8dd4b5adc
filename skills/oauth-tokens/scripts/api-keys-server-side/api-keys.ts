import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

// acme_ID_SECRET_CHECKSUM. The id is public; it may stand in logs and on pages.
const FORM = /^(acme_([0-9a-f]{12})_[0-9a-f]{64})_([0-9a-f]{8})$/;
const DAY = 24 * 60 * 60 * 1000;

/** A row of the table of keys. It is of no use to whoever steals it. */
export interface KeyRecord {
  id: string;
  hash: string; // SHA-256 of the whole key, in hex.
  owner: string;
  scopes: string[];
  end: number; // In milliseconds. A revoked key ended when it was revoked.
}

/** A map stands for your database. */
export type Keys = Map<string, KeyRecord>;

/** Makes a key for a year. Show it once: nobody can look it up again. */
export function issueKey(keys: Keys, owner: string, scopes: string[], now = Date.now()): string {
  const id = randomBytes(6).toString('hex');
  const body = `acme_${id}_${randomBytes(32).toString('hex')}`;
  const key = `${body}_${checksum(body)}`;
  keys.set(id, { id, hash: hash(key).toString('hex'), owner, scopes, end: now + 365 * DAY });
  return key;
}

/** Finds the record of a key that a client sent. Whoever asks learns nothing about a wrong one. */
export function findKey(keys: Keys, key: string, now = Date.now()): KeyRecord | undefined {
  const [, body, id, sum] = FORM.exec(key) ?? [];
  if (body === undefined || id === undefined || checksum(body) !== sum) return undefined; // Mistyped or cut off.
  const record = keys.get(id);
  if (record === undefined) return undefined;
  if (!timingSafeEqual(hash(key), Buffer.from(record.hash, 'hex'))) return undefined;
  if (now >= record.end) return undefined;
  return record;
}

/** Makes the next key. Both work for a week, so that no deployment has to happen in one second. */
export function rotateKey(keys: Keys, id: string, now = Date.now()): string {
  const old = keys.get(id);
  if (old === undefined || now >= old.end) throw new Error(`the key ${id} does not work any more`);
  old.end = Math.min(old.end, now + 7 * DAY);
  return issueKey(keys, old.owner, old.scopes, now);
}

/** Ends a key now: it leaked, or its owner left. */
export function revokeKey(keys: Keys, id: string, now = Date.now()): void {
  const record = keys.get(id);
  if (record !== undefined) record.end = Math.min(record.end, now);
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
