import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createMcpExpressApp, requireBearerAuth } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';

const host = '127.0.0.1';
const port = Number(process.env['ACME_PORT'] ?? 8123);
const token = readFileSync(join(homedir(), '.config/acme/local-token'), 'utf8').trim();
if (token.length < 32) throw new Error('~/.config/acme/local-token is too short');

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'acme-local', version: '1.0.0' });
  server.registerTool('ping', { description: 'Says that it is there' }, async () => ({ content: [{ type: 'text', text: 'here' }] }));
  return server;
});

const verifier = {
  async verifyAccessToken(shown: string) {
    if (!isSame(shown, token)) throw new OAuthError(OAuthErrorCode.InvalidToken, 'unknown token');
    return { token: shown, clientId: 'local', scopes: [], expiresAt: Math.floor(Date.now() / 1000) + 60 };
  },
};

// With a loopback `host` the app checks the headers Host and Origin before anything else.
const app = createMcpExpressApp({ host });
app.use('/mcp', requireBearerAuth({ verifier }));
const answer = toNodeHandler(handler);
// The app has parsed the body already.
app.all('/mcp', (request, response) => answer(request, response, request.body));
app.listen(port, host, () => console.log(`listening on http://${host}:${port}/mcp`));

function isSame(shown: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(expected));
}
