// The keys that sign tokens: two generations, made at the start, so that a rotation costs no time during a test.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Makes both generations. Each has a key for RS256 and one for ES256. */
export async function makeSigningKeys() {
  const [first, second] = await Promise.all([makeGeneration(), makeGeneration()]);
  return {
    first: { keys: first },
    // The provider signs with the first key that fits. The old ones stay published, as a careful operator does it.
    overlap: { keys: [...second, ...first] },
    second: { keys: second },
  };
}

async function makeGeneration() {
  const pairs = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
  ]);
  const algorithms = ['RS256', 'ES256'];
  return pairs.map(({ privateKey }, index) => ({
    ...privateKey.export({ format: 'jwk' }),
    alg: algorithms[index],
    use: 'sig',
  }));
}
