// The MCP server after the move: it verifies tokens, and issues none. Clients of all revisions since 2025-03-26 find
// the authorization server, and those of 2025 are served without a session.
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter, requireBearerAuth } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { McpServer, OAuthError, OAuthErrorCode, createMcpHandler } from '@modelcontextprotocol/server';
import type { OAuthMetadata, OAuthTokenVerifier } from '@modelcontextprotocol/server';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const issuer = 'https://login.example.com';
const resource = new URL('https://api.example.com/mcp');

const oauthMetadata = await loadMetadata();
const keys = createRemoteJWKSet(new URL(String(oauthMetadata['jwks_uri'])));
const verifier: OAuthTokenVerifier = {
  async verifyAccessToken(token) {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: resource.href,
      typ: 'at+jwt',
      algorithms: ['RS256', 'ES256'],
    }).catch(() => {
      // Tokens that the old server issued end here too: their holders sign in once more.
      throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid');
    });
    const scopes = String(payload['scope'] ?? '').split(' ').filter(Boolean);
    return { token, clientId: String(payload['client_id']), scopes, expiresAt: payload.exp, resource, extra: { sub: payload.sub } };
  },
};

const handler = createMcpHandler(
  () => {
    const server = new McpServer({ name: 'acme', version: '2.0.0' });
    server.registerTool('whoami', { description: 'Says who calls' }, async (context) => ({
      content: [{ type: 'text', text: String(context.http?.authInfo?.extra?.['sub']) }],
    }));
    return server;
  },
  // A new instance for each request, also for clients of 2025. With 'reject' they are refused.
  { legacy: 'stateless' },
);

const gate = requireBearerAuth({
  verifier,
  requiredScopes: ['mcp:read'],
  resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
  expectedResource: resource,
});
const app = express();
// Both documents: the resource metadata, and a copy of the authorization server's for clients that look only here.
app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource, scopesSupported: ['mcp:read', 'mcp:write'] }));
app.all('/mcp', gate, toNodeHandler(handler));
app.listen(8123, '127.0.0.1');

async function loadMetadata(): Promise<OAuthMetadata> {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`, { redirect: 'error' });
  if (!response.ok) throw new Error(`the metadata of ${issuer} answered ${response.status}`);
  const metadata = (await response.json()) as OAuthMetadata;
  if (metadata.issuer !== issuer) throw new Error(`the metadata of ${issuer} is that of ${metadata.issuer}`);
  return metadata;
}
