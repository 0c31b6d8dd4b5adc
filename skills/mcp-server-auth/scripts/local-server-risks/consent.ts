// What a person must see before a local server is started for the first time.
import { createHash } from 'node:crypto';

export interface LocalServer {
  command: string;
  args?: string[];
  env?: Record<string, string>;
}

/** Approve this and no other: a later change of the entry has another one. */
export function fingerprint(server: LocalServer): string {
  const env = Object.entries(server.env ?? {}).sort();
  return createHash('sha256').update(JSON.stringify([server.command, server.args ?? [], env])).digest('hex');
}

/** The whole command, each word visible and none cut off. Values of variables are left out. */
export function consentText(name: string, server: LocalServer): string {
  const words = [server.command, ...(server.args ?? [])];
  const variables = Object.keys(server.env ?? {}).map(visible);
  return [
    `${visible(name)} is a program. It will run as you, with access to your files and your network:`,
    `  ${words.map(visible).join(' ')}`,
    ...(variables.length > 0 ? [`It gets the variables ${variables.join(', ')}.`] : []),
    ...warnings(words).map((warning) => `Warning: ${warning}`),
  ].join('\n');
}

/** Escapes what could hide or reorder text: control characters, invisible ones, everything that is not ASCII. */
function visible(word: string): string {
  if (/^[A-Za-z0-9@%+=:,./_-]+$/.test(word)) return word;
  return JSON.stringify(word).replace(/[^\x20-\x7e]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function warnings(words: string[]): string[] {
  const all = words.join(' ');
  const found: string[] = [];
  if (/(^|[\s/;&|])(sh|bash|zsh|cmd|cmd\.exe|powershell(\.exe)?|pwsh)(\s|$)/i.test(all)) found.push('it starts a shell');
  if (/(^|[\s/;&|])(sudo|doas|su)(\s|$)/.test(all)) found.push('it asks for the rights of the administrator');
  if (/(^|[\s/;&|])(curl|wget|nc|ssh|scp)(\s|$)/.test(all)) found.push('it sends or fetches data');
  if (/(^|[\s/;&|])(npx|uvx|pipx|bunx)(\s|$)/.test(all)) found.push('it downloads and runs a package');
  if (/\.ssh|\.aws|\.gnupg|\.claude|credential|id_rsa|\/etc\//i.test(all)) found.push('it names a place where credentials lie');
  if (/\brm\s+-\w*[rf]/.test(all)) found.push('it deletes files');
  return found;
}
