import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  McpServer,
  oauthMetadataResponse,
  requireBearerAuth,
  type OAuthMetadata,
  type OAuthTokenVerifier,
} from '@modelcontextprotocol/server';

// The address that clients get, letter by letter. Not taken from a request: whoever sends it chooses its Host.
const RESOURCE = new URL('https://api.example.com/mcp');

export function createApp(oauthMetadata: OAuthMetadata, verifier: OAuthTokenVerifier) {
  const metadata = { oauthMetadata, resourceServerUrl: RESOURCE, scopesSupported: ['mcp:read'] };
  const gate = requireBearerAuth({
    verifier,
    expectedResource: RESOURCE,
    requiredScopes: ['mcp:read'],
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(RESOURCE),
  });
  const mcp = createMcpHandler(createServer);

  return async function answer(request: Request): Promise<Response> {
    const document = oauthMetadataResponse(request, metadata);
    if (document) return document;
    if (new URL(request.url).pathname !== RESOURCE.pathname) return new Response(null, { status: 404 });
    const caller = await gate(request);
    if (caller instanceof Response) return caller;
    return mcp.fetch(request, { authInfo: caller });
  };
}

function createServer() {
  const server = new McpServer({ name: 'acme', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Says who is calling' }, async (context) => ({
    content: [{ type: 'text', text: String(context.http?.authInfo?.extra?.['sub']) }],
  }));
  return server;
}
