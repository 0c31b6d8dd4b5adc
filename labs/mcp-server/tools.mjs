// What the MCP server offers: three small tools.
import { McpServer, createMcpHandler, requireScopes } from '@modelcontextprotocol/server';
import { z } from 'zod';

const TEXT = z.object({ text: z.string() });

export const mcpHandler = createMcpHandler(() => {
  const server = new McpServer({ name: 'lab', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Says who the caller is' }, async (context) =>
    answer(JSON.stringify(describeCaller(context.http))),
  );
  server.registerTool('echo', { description: 'Repeats a text', inputSchema: TEXT }, async ({ text }) => answer(text));
  server.registerTool(
    'write',
    {
      description: 'Pretends to write a text',
      inputSchema: TEXT,
      // All scopes at once: a client asks for exactly what the challenge lists.
      scopeChallenge: requireScopes('mcp:read', 'mcp:write'),
    },
    async ({ text }) => answer(`wrote ${text}`),
  );
  return server;
});

function describeCaller({ authInfo, req } = {}) {
  const { host, pathname } = new URL(req.url);
  return {
    sub: authInfo?.extra?.sub ?? null,
    client: authInfo?.clientId ?? null,
    scopes: authInfo?.scopes ?? [],
    claims: authInfo?.extra?.claims,
    host,
    path: pathname,
  };
}

function answer(text) {
  return { content: [{ type: 'text', text }] };
}
