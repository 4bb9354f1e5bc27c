/** Resolves a name and hands on only addresses that the rules allow: what was checked is what is connected to. */
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressRules } from './address-rules.ts';

/** No address of the host may be connected to. */
export class AddressRefused extends Error {
  readonly found: string;

  constructor(address: string, range: string) {
    super(`${address} (${range})`);
    this.found = this.message;
  }
}

/** @param port where the connection goes, since a rule may be for one port only */
export function makeGuardedLookup(rules: AddressRules, port: number): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const judged = addresses.map((one) => ({ ...one, range: rules.refuses({ host, port, address: one.address }) }));
      const allowed = judged.filter(({ range }) => range === null).map(({ address, family }) => ({ address, family }));
      const [first] = allowed;
      if (first === undefined) callback(new AddressRefused(judged[0]?.address ?? 'none', judged[0]?.range ?? ''), '');
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
