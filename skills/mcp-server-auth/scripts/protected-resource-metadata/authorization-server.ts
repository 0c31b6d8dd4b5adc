import type { OAuthMetadata } from '@modelcontextprotocol/server';

/** Gets the metadata of the authorization server, once, when the server starts. */
export async function loadMetadata(issuer: string): Promise<OAuthMetadata> {
  // An issuer with a path has it behind the suffix: https://auth.example.com/.well-known/oauth-authorization-server/tenant
  const address = new URL(issuer);
  address.pathname = `/.well-known/oauth-authorization-server${address.pathname.replace(/\/$/, '')}`;
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const metadata = (await response.json()) as OAuthMetadata;
  if (metadata.issuer !== issuer) throw new Error(`${address} speaks for another issuer`);
  return metadata;
}
