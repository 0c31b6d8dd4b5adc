import { readFileSync, statSync } from 'node:fs';

export interface Settings {
  issuer: string;
  resource: URL;
  introspectionSecret: string | undefined;
}

/** Reads what an MCP server must know about its authorization server, or says all that is wrong, without any value. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const problems: string[] = [];
  const issuer = readAddress('MCP_ISSUER', environment, problems);
  const resource = readAddress('MCP_RESOURCE', environment, problems);
  const path = environment.MCP_INTROSPECTION_SECRET_FILE;
  const introspectionSecret = path === undefined ? undefined : readSecret(path, problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  // The issuer is compared as text: it stays as it was written.
  return { issuer: String(environment.MCP_ISSUER), resource: resource!, introspectionSecret };
}

function readAddress(name: string, environment: NodeJS.ProcessEnv, problems: string[]): URL | undefined {
  const text = environment[name];
  if (!text) return void problems.push(`${name} is not set`);
  if (!URL.canParse(text)) return void problems.push(`${name} is no address`);
  const url = new URL(text);
  if (url.protocol !== 'https:') problems.push(`${name} must start with https://`);
  if (url.hash !== '' || url.search !== '') problems.push(`${name} must have neither a query nor a fragment`);
  if (url.username !== '' || url.password !== '') problems.push(`${name} must not hold a credential`);
  return url;
}

function readSecret(path: string, problems: string[]): string | undefined {
  try {
    const isPrivate = process.platform === 'win32' || (statSync(path).mode & 0o077) === 0;
    if (!isPrivate) problems.push('MCP_INTROSPECTION_SECRET_FILE must have mode 0600');
    const secret = readFileSync(path, 'utf8').trim();
    if (secret === '') problems.push('MCP_INTROSPECTION_SECRET_FILE is empty');
    return secret;
  } catch {
    return void problems.push('MCP_INTROSPECTION_SECRET_FILE cannot be read');
  }
}
