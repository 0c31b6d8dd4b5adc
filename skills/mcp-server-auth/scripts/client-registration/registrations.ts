import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OAuthClientInformationContext, OAuthClientMetadata, StoredOAuthClientInformation } from '@modelcontextprotocol/client';

type Known = Record<string, StoredOAuthClientInformation>;

/** How this client is known to authorization servers. Extend it with tokens, state and the code verifier. */
export class Registrations {
  readonly redirectUrl = 'http://127.0.0.1:8765/callback';
  /** Used where the authorization server takes client ID metadata documents. */
  readonly clientMetadataUrl = 'https://app.example.com/oauth/client.json';
  /** Sent where the client must register itself. */
  readonly clientMetadata: OAuthClientMetadata = {
    client_name: 'Acme Desktop',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };

  /** `preRegistered` holds what an administrator has registered, by the issuer of the authorization server. */
  constructor(
    private readonly preRegistered: Known = {},
    private readonly file = join(homedir(), '.config/acme/clients.json'),
  ) {}

  async clientInformation(context?: OAuthClientInformationContext): Promise<StoredOAuthClientInformation | undefined> {
    const known = { ...(await this.load()), ...this.preRegistered };
    if (!context || !Object.hasOwn(known, context.issuer)) return undefined;
    return { ...known[context.issuer]!, issuer: context.issuer };
  }

  async saveClientInformation(information: StoredOAuthClientInformation, context?: OAuthClientInformationContext): Promise<void> {
    if (!context) throw new Error('a registration without an issuer cannot be kept');
    const known = { ...(await this.load()), [context.issuer]: information };
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    const part = `${this.file}.${process.pid}`;
    await writeFile(part, JSON.stringify(known, null, 2), { mode: 0o600 });
    await rename(part, this.file);
  }

  private async load(): Promise<Known> {
    const text = await readFile(this.file, 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    return JSON.parse(text);
  }
}
