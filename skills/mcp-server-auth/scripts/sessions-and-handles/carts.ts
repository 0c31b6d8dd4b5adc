import { randomBytes } from 'node:crypto';
import { createMcpHandler, McpServer, type AuthInfo } from '@modelcontextprotocol/server';
import { z } from 'zod';

const LIFETIME = 30 * 60_000;
const carts = new Map<string, { items: string[]; expiresAt: number }>();

/** Who is calling: the subject of the verified token, and its issuer, because two issuers may both have an `alice`. */
function userOf(auth: AuthInfo | undefined): string {
  const { iss, sub } = auth?.extra ?? {};
  if (typeof iss !== 'string' || typeof sub !== 'string') throw new Error('the token names no user');
  return JSON.stringify([iss, sub]);
}

function keyOf(auth: AuthInfo | undefined, handle: string): string {
  return `${userOf(auth)} ${handle}`;
}

export const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'shop', version: '1.0.0' });
  server.registerTool('open_cart', { description: 'Opens an empty cart' }, async (ctx) => {
    const handle = randomBytes(24).toString('base64url');
    carts.set(keyOf(ctx.http?.authInfo, handle), { items: [], expiresAt: Date.now() + LIFETIME });
    return { content: [{ type: 'text', text: handle }] };
  });
  const inputSchema = z.object({ cart: z.string(), item: z.string() });
  server.registerTool('add_item', { description: 'Puts an item into a cart', inputSchema }, async ({ cart, item }, ctx) => {
    const found = carts.get(keyOf(ctx.http?.authInfo, cart));
    // One answer for unknown, foreign and old: it tells nobody which handles exist.
    if (!found || found.expiresAt <= Date.now()) return { isError: true, content: [{ type: 'text', text: 'no such cart' }] };
    found.items.push(item);
    return { content: [{ type: 'text', text: found.items.join(', ') }] };
  });
  return server;
});
