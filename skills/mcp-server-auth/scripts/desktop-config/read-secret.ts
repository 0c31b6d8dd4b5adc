import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Reads a secret such as `api-key` from ~/.config/acme. */
export async function readSecret(name: string): Promise<string> {
  // Node does not know `~`; the shell would replace it.
  const file = join(homedir(), '.config', 'acme', name);
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new Error(`${file} is not a regular file`);
    const isPrivate = process.platform === 'win32' || (info.uid === process.getuid?.() && (info.mode & 0o077) === 0);
    if (!isPrivate) throw new Error(`${file} is not yours alone`);
    // Editors end a file with a line break, which no header can carry.
    const secret = (await handle.readFile('utf8')).trim();
    if (!secret) throw new Error(`${file} is empty`);
    return secret;
  } finally {
    await handle.close();
  }
}
