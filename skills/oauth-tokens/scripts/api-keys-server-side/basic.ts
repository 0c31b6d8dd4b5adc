/** The header that asks for Basic. `charset` tells the client to write names and passwords in UTF-8. */
export const CHALLENGE = 'Basic realm="acme", charset="UTF-8"';

/** Reads `Authorization: Basic …`. Nothing, if it is not well formed. */
export function readBasic(header: string | undefined): { user: string; password: string } | undefined {
  const [, text] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? [];
  if (text === undefined) return undefined;
  const pair = decode(Buffer.from(text, 'base64'));
  const colon = pair?.indexOf(':') ?? -1; // The first one: a password may hold more of them.
  if (pair === undefined || colon < 0 || /\p{Cc}/u.test(pair)) return undefined;
  return { user: pair.slice(0, colon).normalize('NFC'), password: pair.slice(colon + 1).normalize('NFC') };
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
