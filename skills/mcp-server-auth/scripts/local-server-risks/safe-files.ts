// Reads files below one folder, and nothing else.
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, parse, relative, resolve, sep } from 'node:path';

const MOST_BYTES = 1_000_000;

export async function readInside(folder: string, asked: string): Promise<string> {
  const root = await realpath(folder);
  if (root === parse(root).root || root === (await realpath(homedir()))) throw new Error(`${root} is too much to share`);
  // What the path leads to in the end, with all links followed.
  const file = await realpath(resolve(root, asked)).catch(() => undefined);
  if (!file || !isInside(root, file)) throw new Error(`there is no file ${JSON.stringify(asked)} here`);
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new Error(`${JSON.stringify(asked)} is not a regular file`);
    if (info.size > MOST_BYTES) throw new Error(`${JSON.stringify(asked)} is larger than ${MOST_BYTES} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** `startsWith` would take `/srv/notes-private` for a part of `/srv/notes`. */
function isInside(root: string, file: string): boolean {
  const path = relative(root, file);
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
