// What a broad scope holds. Only you know: to OAuth, scopes are texts without an order.
const HOLDS = new Map([['mcp:write', ['mcp:read']]]);

/** The scopes of a token, with what they hold. Put them into `AuthInfo.scopes`; gate and tools then agree. */
export function effectiveScopes(scope: unknown): string[] {
  const named = typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
  return [...new Set(named.flatMap((name) => [name, ...(HOLDS.get(name) ?? [])]))];
}
