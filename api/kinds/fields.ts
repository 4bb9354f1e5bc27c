/** Members that many kinds share, with EMCO's limits. */
import { z } from 'zod';
import { longestName, namePattern } from '#api/engine/paths.ts';

export const nameField = z.string().max(longestName).regex(namePattern);

/** All four members are always answered. */
export const metadataField = z.object({
  name: nameField.describe('Name, unique beside its siblings'),
  description: z.string().max(1024).default(''),
  userData1: z.string().max(512).default(''),
  userData2: z.string().max(512).default(''),
});

/** A text that may be absent, with EMCO's usual limit. */
export const textField = (longest: number) => z.string().max(longest).default('');

/** A refused value rather than an undecodable body: EMCO reads these values as any type first. */
const kvValue = z
  .string({ error: (issue) => `Invalid type. Expected: string, given: ${typeof issue.input}` })
  .max(4096);

export const kvField = z
  .array(z.record(z.string().max(longestName), kvValue))
  .max(1000)
  .describe('Key and value pairs: one pair an element, or all in one');

/** EMCO's list of pairs as one map; the last of equal keys wins. */
export const toPairs = (kv: unknown): Readonly<Record<string, string>> => {
  const pairs: Record<string, string> = {};
  if (!Array.isArray(kv)) return pairs;
  for (const element of kv as readonly unknown[]) {
    if (typeof element !== 'object' || element === null) continue;
    for (const [key, value] of Object.entries(element)) pairs[key] = String(value);
  }
  return pairs;
};
