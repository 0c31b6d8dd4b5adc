import { Client, ClientCredentialsProvider, DpopSession, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

class BoundClientCredentials extends ClientCredentialsProvider {
  // One key for the life of this client. It cannot be exported.
  readonly #session = DpopSession.create({ alg: 'ES256' });

  dpop(): Promise<DpopSession> {
    return this.#session;
  }
}

const clientSecret = process.env.ACME_CLIENT_SECRET;
if (!clientSecret) throw new Error('ACME_CLIENT_SECRET is not set');
const authProvider = new BoundClientCredentials({
  clientId: 'nightly-job',
  clientSecret,
  scope: 'mcp:read',
  expectedIssuer: 'https://login.example.com',
});
const url = new URL(process.env.ACME_MCP_URL ?? 'https://api.example.com/mcp');

const client = new Client({ name: 'acme-nightly-job', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(url, { authProvider }));
const { content } = await client.callTool({ name: 'whoami' });
console.log(authProvider.tokens()?.token_type, JSON.stringify(content));
await client.close();
