import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

export const app = createMcpExpressApp({ host: '127.0.0.1' });
// Version 1 checks Host by itself, and not Origin.
app.use((request, response, next) => {
  const { origin } = request.headers;
  const known = origin === undefined || (URL.canParse(origin) && LOCAL.includes(new URL(origin).hostname));
  if (known) return next();
  response.status(403).end('unknown origin');
});
