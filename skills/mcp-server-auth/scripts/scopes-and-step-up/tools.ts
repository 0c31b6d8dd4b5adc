import { McpServer, requireScopes } from '@modelcontextprotocol/server';
import { z } from 'zod';

const INPUT = z.object({ invoice: z.string() });

/** `may` is your own rule about people and things. Scopes do not replace it. */
export function createServer(may: (person: unknown, action: 'read' | 'pay', invoice: string) => boolean) {
  const server = new McpServer({ name: 'acme', version: '1.0.0' });
  server.registerTool(
    'read_invoice',
    // The gate asks every caller for mcp:read already.
    { description: 'Shows an invoice', inputSchema: INPUT, annotations: { readOnlyHint: true } },
    async ({ invoice }, context) => {
      if (!may(context.http?.authInfo?.extra?.['sub'], 'read', invoice)) return refusal();
      return text(`${invoice}: 120 EUR`);
    },
  );
  server.registerTool(
    'pay_invoice',
    {
      description: 'Pays an invoice',
      inputSchema: INPUT,
      // All that the call needs, in one challenge.
      scopeChallenge: requireScopes('mcp:read', 'mcp:write'),
    },
    async ({ invoice }, context) => {
      if (!may(context.http?.authInfo?.extra?.['sub'], 'pay', invoice)) return refusal();
      return text(`paid ${invoice}`);
    },
  );
  return server;
}

/** No challenge: a larger token would not help. The same words for an invoice that there is not. */
function refusal() {
  return { ...text('There is no such invoice for you'), isError: true };
}

function text(words: string) {
  return { content: [{ type: 'text' as const, text: words }] };
}
