import { randomBytes } from 'node:crypto';

/** 19 digits, EMCO's form of an instance id: a random positive 63-bit number that starts with no zero. */
export function makeInstance(): string {
  const lowest = 1_000_000_000_000_000_000n;
  const highest = 9_223_372_036_854_775_807n;
  const random = BigInt(`0x${randomBytes(8).toString('hex')}`);
  return String(lowest + (random % (highest - lowest)));
}
