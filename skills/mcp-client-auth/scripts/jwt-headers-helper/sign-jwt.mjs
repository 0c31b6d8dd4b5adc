#!/usr/bin/env node
// Prints the Authorization header of an MCP server for Claude Code: a JWT for this one server, signed with your key.
//
// Needs Node.js 20 or later, no packages.
//   ~/.config/acme/signing-key.pem   mode 0600: a P-256 key (ES256) or an RSA key of 2048 bits or more (RS256)
//   ACME_CLIENT_ID                   who you are to the server: the claims iss and sub
//   ACME_SIGNING_FILE                another place for the key. (A name with KEY would not reach a plugin's helper.)
//   CLAUDE_CODE_MCP_SERVER_URL       set by Claude Code: the claim aud
// With --public it prints the public key as a JWK, which the server must know, and signs nothing.
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const LIFETIME = 600; // Seconds. The header serves for a whole connection; after a 401 Claude Code asks for a new one.

function readKey(path) {
  // Opened once, then judged and read, so that no other file can take its place in between.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { mode, uid, size } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > 65536) throw new Error(`${path} is not a key file`);
    if (process.platform !== 'win32') {
      if (uid !== process.getuid()) throw new Error(`${path} belongs to another user`);
      if (mode & 0o077) throw new Error(`others can use ${path}: chmod 600 it`);
    }
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    // OpenSSL's own words help nobody.
    const isBadKey = error.code?.startsWith('ERR_');
    throw isBadKey ? new Error(`${path} is not an unencrypted private key in PEM (${error.code})`) : error;
  } finally {
    closeSync(file);
  }
}

function chooseAlgorithm(key) {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ec' && details.namedCurve === 'prime256v1') return 'ES256';
  if (type === 'rsa' && details.modulusLength >= 2048) return 'RS256';
  throw new Error('the key must be on the curve P-256, or RSA with 2048 bits or more');
}

// The key id is the thumbprint of RFC 7638: required members only, in alphabetical order.
function describePublicKey(key, alg) {
  const { crv, e, kty, n, x, y } = createPublicKey(key).export({ format: 'jwk' });
  const members = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  return { ...members, kid, alg, use: 'sig' };
}

function audience(text) {
  const isPlaceholder = text.includes('REDACTED');
  if (isPlaceholder) throw new Error('Claude Code hides part of the server URL: put no secret variable into it');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLocal)) {
    throw new Error('CLAUDE_CODE_MCP_SERVER_URL must be https://; Claude Code sets it');
  }
  if (url.username || url.password) throw new Error('the server URL holds a login');
  // One spelling for one server: no query, no fragment, and no slash alone.
  return url.origin + (url.pathname === '/' ? '' : url.pathname);
}

function signJwt(key, alg, header, claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  // JWS wants r and s side by side, 64 bytes; without this Node.js writes DER (RFC 7518, 3.4).
  const dsaEncoding = alg === 'ES256' ? 'ieee-p1363' : 'der';
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding });
  return `${input}.${signature.toString('base64url')}`;
}

function main() {
  const path = process.env.ACME_SIGNING_FILE || join(homedir(), '.config', 'acme', 'signing-key.pem');
  const key = readKey(path);
  const alg = chooseAlgorithm(key);
  const jwk = describePublicKey(key, alg);
  if (process.argv[2] === '--public') return jwk;

  const clientId = process.env.ACME_CLIENT_ID;
  if (!clientId) throw new Error('ACME_CLIENT_ID is not set');
  const aud = audience(process.env.CLAUDE_CODE_MCP_SERVER_URL ?? '');
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud, iat, exp: iat + LIFETIME, jti: randomUUID() };
  return { Authorization: `Bearer ${signJwt(key, alg, { alg, kid: jwk.kid, typ: 'JWT' }, claims)}` };
}

try {
  const output = `${JSON.stringify(main())}\n`;
  writeSync(1, output);
} catch (error) {
  writeSync(2, `acme jwt: ${error.message}\n`);
  process.exitCode = 1;
}
