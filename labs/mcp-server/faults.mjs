// The faults that a test can ask for. To add one, add a line to FAULTS: a function that gets the options and returns the
// response to give instead, or nothing to go on as usual.
import { setTimeout as sleep } from 'node:timers/promises';

const SIGN_IN_PAGE = '<html><body><h1>Sign in</h1><p>Your session has ended.</p></body></html>';

/** @type {Record<string, (options: any) => Promise<Response | undefined>>} */
export const FAULTS = {
  none: async () => undefined,
  slow: async ({ delay }) => sleep(delay, undefined, { ref: false }),
  // The connection stays open until the client gives up or the next reset closes it.
  hang: () => new Promise(() => {}),
  'sign-in-page': async () => new Response(SIGN_IN_PAGE, { headers: { 'Content-Type': 'text/html' } }),
  'empty-answer': async () => new Response('', { headers: { 'Content-Type': 'application/json' } }),
  // The server shows a certificate of an authority that nobody trusts, see main.mjs.
  'untrusted-certificate': async () => undefined,
};
