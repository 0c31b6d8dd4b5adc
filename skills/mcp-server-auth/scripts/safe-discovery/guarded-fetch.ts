import { lookup, type LookupAddress } from 'node:dns';
import { request } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

// IANA's special-purpose IPv4 ranges, and multicast: private, loopback, link-local (cloud metadata), carrier NAT, tests.
const specialIPv4 = new BlockList();
for (const range of [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24',
  '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3',
]) add(specialIPv4, range, 'ipv4');

// Of IPv6 only global unicast is public, less what carries an IPv4 address (6to4, Teredo) or is set apart.
const globalIPv6 = new BlockList();
add(globalIPv6, '2000::/3', 'ipv6');
const specialIPv6 = new BlockList();
for (const range of ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']) add(specialIPv6, range, 'ipv6');

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !specialIPv4.check(address, 'ipv4');
  return globalIPv6.check(address, 'ipv6') && !specialIPv6.check(address, 'ipv6');
}

/** Names are checked when the connection is made: the address that is judged is the address that is used. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '');
    if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(new Error(`${hostname} is internal`), '');
    const [first] = addresses;
    return options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family);
  });
};

export interface Limits {
  /** Hosts of your own network that may be asked all the same, such as `login.internal.example.com`. */
  trustedHosts?: readonly string[];
  milliseconds?: number;
  bytes?: number;
}

/** Fetches a JSON document from an address that somebody else has chosen. */
export async function fetchDocument(address: string, limits: Limits = {}): Promise<unknown> {
  const { trustedHosts = [], milliseconds = 5000, bytes = 65_536 } = limits;
  const url = new URL(address);
  if (url.protocol !== 'https:') throw new Error('not https');
  if (url.username || url.password) throw new Error('credentials in the address');
  const trusted = trustedHosts.includes(url.host);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // For an address in digits no name is looked up, so `lookup` would never be asked.
  if (!trusted && isIP(host) && !isPublicAddress(host)) throw new Error(`${host} is internal`);

  const text = await new Promise<string>((resolve, reject) => {
    const call = request(url, {
      headers: { accept: 'application/json' },
      // A connection of a shared pool may have been made without the check.
      agent: false,
      signal: AbortSignal.timeout(milliseconds),
      ...(trusted ? {} : { lookup: lookupPublic }),
    });
    call.on('error', reject);
    call.on('response', (response) => {
      // node:https follows no redirect. With another client, switch that off.
      if (response.statusCode !== 200) return call.destroy(new Error(`HTTP ${response.statusCode}`));
      let received = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (part: string) => {
        received += part;
        if (received.length > bytes) call.destroy(new Error('too long'));
      });
      response.on('end', () => resolve(received));
    });
    call.end();
  });
  return JSON.parse(text);
}

function add(list: BlockList, range: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', prefix] = range.split('/');
  list.addSubnet(network, Number(prefix), family);
}
