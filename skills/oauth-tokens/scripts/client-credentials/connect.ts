import { readFileSync } from 'node:fs';

import { Client, ClientCredentialsProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const file = process.env['ACME_CLIENT_SECRET_FILE'];
if (!file) throw new Error('ACME_CLIENT_SECRET_FILE is not set');

// Basic wants both parts form-encoded (RFC 6749, 2.3.1). The SDK does not do that.
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

const authProvider = new ClientCredentialsProvider({
  clientId: 'nightly-job',
  clientSecret: formEncoded(readFileSync(file, 'utf8').trim()),
  scope: 'mcp:read',
  // The secret goes to this authorization server and to no other, whatever the MCP server says.
  expectedIssuer: 'https://login.example.com',
});

const client = new Client({ name: 'nightly-job', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(new URL('https://api.example.com/mcp'), { authProvider }));
console.log((await client.listTools()).tools.map(({ name }) => name).join());
await client.close();
