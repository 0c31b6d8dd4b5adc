import { acceptedContent, createMcpHandler, createRequestStateCodec, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

interface Question {
  tool: string;
  file: string;
}

const codec = createRequestStateCodec<Question>({
  // At least 32 random bytes, the same in every process that may receive the answer.
  key: process.env['REQUEST_STATE_KEY'] ?? '',
  ttlSeconds: 300,
  bind: ({ http, mcpReq }) => {
    const { iss, sub } = http?.authInfo?.extra ?? {};
    if (typeof iss !== 'string' || typeof sub !== 'string') throw new Error('the token names no user');
    return JSON.stringify([iss, sub, mcpReq.method]);
  },
});

const answerSchema = z.object({ sure: z.boolean() });

export const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'files', version: '1.0.0' }, { requestState: { verify: codec.verify } });
  const inputSchema = z.object({ file: z.string() });
  server.registerTool('delete_file', { description: 'Deletes a file', inputSchema }, async ({ file }, ctx) => {
    const asked = ctx.mcpReq.requestState<Question>();
    // The state says what was asked. It counts for this very call only.
    if (asked?.tool === 'delete_file' && asked.file === file) {
      const answer = acceptedContent(ctx.mcpReq.inputResponses, 'sure', answerSchema);
      return { content: [{ type: 'text', text: answer?.sure ? `deleted ${file}` : `kept ${file}` }] };
    }
    return inputRequired({
      inputRequests: { sure: inputRequired.elicit({ message: `Delete ${file}?`, requestedSchema: answerSchema }) },
      requestState: await codec.mint({ tool: 'delete_file', file }, ctx),
    });
  });
  return server;
});
