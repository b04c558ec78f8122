import { BlockList, isIP, type Socket } from 'node:net';

/** Addresses and networks, IPv4 and IPv6; an IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is the same one. */
export interface Networks {
  has(address: string): boolean;
}

/** @param items addresses and CIDR networks that were checked before: `10.0.0.0/8`, `::1` */
export function networksOf(items: readonly string[]): Networks {
  if (items.length === 0) return { has: () => false };
  const list = new BlockList();
  for (const item of items) {
    const [address = '', prefix] = item.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return {
    has: (address) =>
      isIP(address) === 4
        ? list.check(address, 'ipv4') || list.check(`::ffff:${address}`, 'ipv6')
        : isIP(address) === 6 && list.check(address, 'ipv6'),
  };
}

/**
 * One spelling for one address: no zone, no IPv4 within IPv6, no upper case. Null for what is no address.
 * A port, which some proxies add, is dropped.
 */
export function canonicalAddress(text: string): string | null {
  if (isIP(text) === 4) return text;
  const bare = text.trim().replace(/^\[([^\]]*)\](:\d+)?$/, '$1');
  const [address = ''] = (/^[\d.]+:\d+$/.test(bare) ? bare.replace(/:\d+$/, '') : bare).split('%');
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6) return null;
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest);
  if (!mapped) return shortest;
  const [high, low] = [mapped[1], mapped[2]].map((part) => Number.parseInt(part ?? '', 16));
  return [high, low].flatMap((part = 0) => [part >> 8, part & 255]).join('.');
}

/** A client whose address can't be told. */
const UNKNOWN = 'unknown';

/** The address at the other end of a connection. */
export function peerOf({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string {
  return canonicalAddress(remoteAddress ?? '') ?? UNKNOWN;
}

/**
 * Who really asks: the connection's other end, or, while that is a trusted proxy, the address that it noted
 * last in `X-Forwarded-For`. What stands further left than the first address that is not a trusted proxy is
 * the client's own claim and counts for nothing. A note that can't be read is `unknown`, a client of its own and no
 * address of any list: it must not pass as the proxy.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: Networks,
): string {
  const hops = forwardedFor?.split(',') ?? [];
  let client = canonicalAddress(peer ?? '') ?? UNKNOWN;
  while (proxies.has(client)) {
    const hop = hops.pop();
    if (hop === undefined) break;
    client = canonicalAddress(hop) ?? UNKNOWN;
  }
  return client;
}
