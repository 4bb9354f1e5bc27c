/** Which addresses a look-up may connect to: public ones, and what the operator listed. */
import ipaddr from 'ipaddr.js';
import { Failure } from '#domain/failure.ts';

export interface Destination {
  /** As the URL spells it, without brackets. */
  readonly host: string;
  readonly port: number;
  /** The very address that is connected to. */
  readonly address: string;
}

export interface AddressRules {
  /** Null when the destination is allowed, else what kind of address it is. */
  refuses(destination: Destination): string | null;
}

type Address = ReturnType<typeof ipaddr.process>;

interface Entry {
  /** Null: any port. */
  readonly port: number | null;
  readonly matches: (destination: Destination, address: Address) => boolean;
}

/** Public by their range, yet answered by the machine's own cloud: Azure's platform address. */
const cloudAddresses = new Set(['168.63.129.16']);

/** @throws Failure `document-invalid` for an entry that is neither address, CIDR nor host name */
export function makeAddressRules(allowed: readonly string[]): AddressRules {
  const entries = allowed.map(parseEntry);
  return {
    refuses(destination) {
      // An IPv4 address that is wrapped in IPv6 counts as what it is.
      const address = ipaddr.process(destination.address.replace(/%.*$/, ''));
      const range = cloudAddresses.has(address.toString()) ? 'cloud platform' : address.range();
      if (range === 'unicast') return null;
      const isListed = entries.some(
        ({ port, matches }) => (port === null || port === destination.port) && matches(destination, address),
      );
      return isListed ? null : range;
    },
  };
}

/** `192.0.2.7`, `10.0.0.0/8`, `clm.example.org`, `fd00::/8`, each perhaps with `:port`, then IPv6 in brackets. */
function parseEntry(text: string): Entry {
  const [, bracketed, plain = '', portText] = /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isBareIpv6 = bracketed === undefined && ipaddr.IPv6.isValid(text.replace(/\/\d+$/, ''));
  const host = isBareIpv6 ? text : (bracketed ?? plain);
  const port = isBareIpv6 || portText === undefined ? null : Number(portText);
  const matches = toMatcher(host);
  if (matches !== null) return { port, matches };
  const expected = 'addresses, CIDRs or host names, each perhaps with a port';
  throw new Failure('document-invalid', [{ object: 'EMCO_LOOKUP_ALLOW', expected, found: JSON.stringify(text) }]);
}

function toMatcher(host: string): Entry['matches'] | null {
  if (ipaddr.isValidCIDR(host)) return inRange(ipaddr.parseCIDR(host));
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return inRange([ipaddr.parse(host), 32]);
  if (ipaddr.IPv6.isValid(host)) return inRange([ipaddr.parse(host), 128]);
  const name = host.toLowerCase();
  const isName = /^[a-z0-9_]([-a-z0-9_.]{0,251}[a-z0-9_])?$/.test(name) && !/^[0-9.]+$/.test(name);
  if (!isName) return null;
  // A name says nothing of link-local addresses, where clouds keep credentials: those are listed as addresses only.
  return (destination, address) => destination.host.toLowerCase() === name && address.range() !== 'linkLocal';
}

const inRange =
  ([network, bits]: ReturnType<typeof ipaddr.parseCIDR>): Entry['matches'] =>
  (_destination, address) =>
    address.kind() === network.kind() && address.match(network, bits);
