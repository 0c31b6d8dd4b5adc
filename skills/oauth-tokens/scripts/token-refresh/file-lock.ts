// Lets one process work at a time. The lock is a file beside the tokens.
import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The work must take far less: a refresh ends after 10 s. */
const STALE_AFTER = 30_000;
const PATIENCE = 45_000;

export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const owner = randomUUID();
  const giveUpAt = Date.now() + PATIENCE;
  while (!(await take(file, owner))) {
    if (Date.now() > giveUpAt) throw new Error(`another process holds ${file}`);
    await sleep(20 + Math.random() * 30);
  }
  try {
    return await work();
  } finally {
    // After a long sleep of the machine it can be somebody else's.
    if ((await readFile(file, 'utf8').catch(() => '')) === owner) await rm(file, { force: true });
  }
}

async function take(file: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(owner).finally(() => handle.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (await isStale(file)) await removeStale(file);
  return false;
}

/** A process that was killed leaves its lock behind. Of many that see it, one gets to rename it. */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  const isOurs = await rename(file, aside).then(() => true, () => false);
  if (!isOurs) return;
  // In between somebody may have replaced it by a lock in use: then it goes back.
  if (!(await isStale(aside))) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isStale(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => undefined);
  return info !== undefined && Date.now() - info.mtimeMs > STALE_AFTER;
}
