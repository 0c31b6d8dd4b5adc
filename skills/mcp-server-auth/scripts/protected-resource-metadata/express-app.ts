import {
  createMcpExpressApp,
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
  requireBearerAuth,
} from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpServer, type OAuthMetadata, type OAuthTokenVerifier } from '@modelcontextprotocol/server';

const RESOURCE = new URL('https://api.example.com/mcp');

export function createApp(oauthMetadata: OAuthMetadata, verifier: OAuthTokenVerifier, createServer: () => McpServer) {
  // TLS ends at the proxy in front; the app listens on 127.0.0.1 and takes requests for this host only.
  const app = createMcpExpressApp({ allowedHosts: [RESOURCE.hostname] });
  app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: RESOURCE, scopesSupported: ['mcp:read'] }));
  const gate = requireBearerAuth({
    verifier,
    expectedResource: RESOURCE,
    requiredScopes: ['mcp:read'],
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(RESOURCE),
  });
  const mcp = toNodeHandler(createMcpHandler(createServer));
  app.all(RESOURCE.pathname, gate, (request, response) => mcp(request, response, request.body));
  return app;
}
