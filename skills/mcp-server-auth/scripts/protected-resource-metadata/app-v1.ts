import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import type { OAuthTokenVerifier } from '@modelcontextprotocol/sdk/server/auth/provider.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { OAuthMetadata } from '@modelcontextprotocol/sdk/shared/auth.js';

const RESOURCE = new URL('https://api.example.com/mcp');

export function createApp(oauthMetadata: OAuthMetadata, verifier: OAuthTokenVerifier) {
  const app = createMcpExpressApp({ allowedHosts: [RESOURCE.hostname] });
  app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: RESOURCE, scopesSupported: ['mcp:read'] }));
  const gate = requireBearerAuth({
    verifier,
    expectedResource: RESOURCE,
    requiredScopes: ['mcp:read'],
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(RESOURCE),
  });
  app.post(RESOURCE.pathname, gate, async (request, response) => {
    // Without sessions: a server and a transport for each request.
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await createServer().connect(transport);
    await transport.handleRequest(request, response, request.body);
  });
  return app;
}

function createServer() {
  const server = new McpServer({ name: 'acme', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Says who is calling' }, async ({ authInfo }) => ({
    content: [{ type: 'text', text: String(authInfo?.extra?.['sub']) }],
  }));
  return server;
}
