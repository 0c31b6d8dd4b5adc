// Runs one program that this server chose, with text from the model as data.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The lines below the folder that hold the text. */
export async function search(folder: string, text: string): Promise<string> {
  if (text === '' || text.length > 200 || /[\0\n\r]/.test(text)) throw new Error('search for one line of text');
  const options = {
    cwd: folder,
    // Not ours: the server's environment holds its credentials.
    env: { LANG: 'C.UTF-8' },
    timeout: 5_000,
    maxBuffer: 200_000,
  };
  // `-e` makes the text a pattern even when it begins with a dash; `-r` follows no links.
  const words = ['-rnIF', '--max-count=20', '-e', text, '--', '.'];
  try {
    return (await run('/usr/bin/grep', words, options)).stdout;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return '';
    throw new Error('the search failed', { cause: error });
  }
}
