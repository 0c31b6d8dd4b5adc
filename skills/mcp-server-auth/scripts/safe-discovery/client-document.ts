export interface ClientDocument {
  client_id: string;
  client_name: string;
  redirect_uris: string[];
}

/** Judges an address before it is fetched. */
export function isClientAddress(clientId: string): boolean {
  if (!URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  // The last test refuses all that the parser would tidy up: dot segments, capital letters in the host, a port of 443.
  return url.protocol === 'https:' && url.pathname !== '/' && !url.username && !url.password && !clientId.includes('#') && url.href === clientId;
}

/** Judges the document that was found there. */
export function checkClientDocument(clientId: string, document: unknown): ClientDocument {
  const { client_id, client_name, redirect_uris, ...rest } = Object(document) as Record<string, unknown>;
  if (client_id !== clientId) throw new Error('client_id is not the address of the document');
  if (typeof client_name !== 'string' || client_name === '') throw new Error('no client_name');
  if (!Array.isArray(redirect_uris) || redirect_uris.length === 0) throw new Error('no redirect_uris');
  if (!redirect_uris.every(isRedirectAddress)) throw new Error('a redirect address is neither https nor loopback');
  // The document is public, so a secret in it is none.
  const method = rest['token_endpoint_auth_method'];
  if ('client_secret' in rest || (typeof method === 'string' && method.startsWith('client_secret'))) throw new Error('a shared secret');
  return { client_id: clientId, client_name, redirect_uris };
}

function isRedirectAddress(address: unknown): address is string {
  if (typeof address !== 'string' || !URL.canParse(address)) return false;
  const url = new URL(address);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback);
}
