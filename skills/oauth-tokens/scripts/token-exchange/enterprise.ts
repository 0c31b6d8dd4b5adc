import { Client, CrossAppAccessProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { discoverAndRequestJwtAuthGrant } from '@modelcontextprotocol/client';

/** What the administrator of the company sets. */
export interface Company {
  idp: { url: URL; clientId: string; clientSecret: string };
  authorizationServer: { issuer: string; clientId: string; clientSecret: string };
}

/** Connects for the person whose ID token the company's identity provider gave. No page opens. */
export async function connect(server: URL, company: Company, idToken: () => Promise<string>): Promise<Client> {
  const { idp, authorizationServer } = company;
  const authProvider = new CrossAppAccessProvider({
    clientId: authorizationServer.clientId,
    clientSecret: authorizationServer.clientSecret,
    // Neither the secret nor the ID-JAG goes to an authorization server that only the MCP server names.
    expectedIssuer: authorizationServer.issuer,
    assertion: async ({ authorizationServerUrl, resourceUrl, scope, fetchFn }) => {
      const { jwtAuthGrant } = await discoverAndRequestJwtAuthGrant({
        idpUrl: idp.url,
        clientId: idp.clientId,
        clientSecret: idp.clientSecret,
        idToken: await idToken(),
        audience: authorizationServerUrl,
        resource: resourceUrl,
        ...(scope === undefined ? {} : { scope }),
        fetchFn,
      });
      return jwtAuthGrant;
    },
  });
  const client = new Client({ name: 'acme-desktop', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(server, { authProvider }));
  return client;
}
