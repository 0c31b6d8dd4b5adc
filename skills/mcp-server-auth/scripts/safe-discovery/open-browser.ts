import { spawn } from 'node:child_process';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  // `start` is a command of cmd.exe, which is a shell.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens an authorization URL that a server has named. */
export function openInBrowser(address: string): void {
  const url = new URL(address);
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (!safe) throw new Error(`refused to open an address with ${url.protocol}`);
  if (url.username || url.password) throw new Error('refused to open an address that names a user');
  const [program, ...before] = OPENERS[process.platform] ?? ['xdg-open'];
  // The address is one argument. No shell reads it.
  const opener = spawn(program, [...before, url.href], { stdio: 'ignore' });
  opener.on('error', () => console.error(`Open this address in your browser: ${url.href}`));
  opener.unref();
}
