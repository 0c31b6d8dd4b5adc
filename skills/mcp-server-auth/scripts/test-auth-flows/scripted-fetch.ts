// Plays failures that a real server does not produce on demand, and passes every other request on.

type Answer = () => Promise<Response>;

/** The first requests get these answers, in this order; then the real server has its turn. */
export function scriptedFetch(answers: Answer[], real: typeof fetch = fetch): typeof fetch {
  const left = [...answers];
  return (input, init) => (left.shift() ?? (() => real(input, init)))();
}

export const busy: Answer = async () => new Response('busy', { status: 503 });
export const page: Answer = async () => new Response('<html>Sign in to the Wi-Fi</html>', { headers: { 'Content-Type': 'text/html' } });
export const noNetwork: Answer = async () => {
  throw new TypeError('fetch failed');
};
