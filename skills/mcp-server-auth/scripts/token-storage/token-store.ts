// Keeps the tokens of one sign-in in one file that only its owner can read.
import { randomUUID, createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface Tokens {
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
  refreshAt?: number;
}

/** A refresh token belongs to the server that issued it, to one resource and to one person. */
export interface SignIn {
  issuer: string;
  resource: string;
  account: string;
}

export function fileOf(signIn: SignIn): string {
  const parts = JSON.stringify([signIn.issuer, signIn.resource, signIn.account]);
  return join(privateFolder(), `${createHash('sha256').update(parts).digest('hex')}.json`);
}

function privateFolder(): string {
  // Not APPDATA: that folder may follow the person to other machines.
  if (process.platform === 'win32') return join(process.env.LOCALAPPDATA ?? homedir(), 'acme-mcp');
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'acme-mcp');
}

/** Answers undefined when nobody has signed in. */
export async function readTokens(file: string): Promise<Tokens | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    // Of the open file, not of the name: the name may lead elsewhere a moment later.
    const info = await handle.stat();
    if (!info.isFile()) throw new Error(`${file} is not a regular file`);
    if (process.platform !== 'win32') {
      if (info.uid !== process.getuid?.()) throw new Error(`${file} belongs to another user`);
      if ((info.mode & 0o077) !== 0) throw new Error(`${file} is open to others: revoke its tokens, delete it, sign in anew`);
    }
    return JSON.parse(await handle.readFile('utf8')) as Tokens;
  } finally {
    await handle.close();
  }
}

export async function writeTokens(file: string, tokens: Tokens): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') {
    const info = await stat(folder);
    const isOurs = info.uid === process.getuid?.() && (info.mode & 0o022) === 0;
    if (!isOurs) throw new Error(`others can write into ${folder}`);
  }
  // A new file has the mode that we ask for; an old one keeps its own.
  const next = join(folder, `.${basename(file)}.${randomUUID()}`);
  try {
    const handle = await open(next, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(tokens));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

export async function deleteTokens(file: string): Promise<void> {
  await rm(file, { force: true });
}
