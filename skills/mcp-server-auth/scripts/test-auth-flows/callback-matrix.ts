// What a client must refuse when the browser comes back. One real sign-in serves all cases.

export interface SignIn {
  /** The address that the browser came back to, with code, state and iss. */
  callback: URL;
  /** What your client does with it; it throws when it refuses. */
  finish(callback: URL): Promise<unknown>;
}

/** Lines that say what the client did wrong; none is what you want. */
export async function wrongAcceptances({ callback, finish }: SignIn): Promise<string[]> {
  const changes: Record<string, (parameters: URLSearchParams) => void> = {
    'another state': (it) => it.set('state', 'state-of-mallory'),
    'no state': (it) => it.delete('state'),
    'another issuer': (it) => it.set('iss', 'https://evil.example'),
    'no issuer, although announced': (it) => it.delete('iss'),
    'an error beside the code': (it) => it.set('error', 'access_denied'),
    'no code': (it) => it.delete('code'),
  };
  const wrong: string[] = [];
  for (const [name, change] of Object.entries(changes)) {
    const url = new URL(callback);
    change(url.searchParams);
    if (await isAccepted(finish, url)) wrong.push(`${name} was accepted`);
  }
  // Last, because it uses up the code. If it fails, one of the cases above has sent the code away.
  if (!(await isAccepted(finish, callback))) wrong.push('the right answer was refused, or its code was used before');
  if (await isAccepted(finish, callback)) wrong.push('the same answer was accepted twice');
  return wrong;
}

function isAccepted(finish: SignIn['finish'], url: URL): Promise<boolean> {
  return finish(url).then(() => true, () => false);
}
