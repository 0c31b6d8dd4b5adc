import { readFileSync } from 'node:fs';

import { PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const file = process.env['ACME_SIGNING_FILE'];
if (!file) throw new Error('ACME_SIGNING_FILE is not set');

const authProvider = new PrivateKeyJwtProvider({
  clientId: 'reports',
  privateKey: readFileSync(file, 'utf8'),
  algorithm: 'ES256',
  jwtLifetimeSeconds: 60,
  scope: 'mcp:read',
  expectedIssuer: 'https://login.example.com',
});

const client = new Client({ name: 'reports', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(new URL('https://api.example.com/mcp'), { authProvider }));
console.log((await client.listTools()).tools.map(({ name }) => name).join());
await client.close();
