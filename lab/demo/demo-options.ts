import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly clusters: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** Null: a temporary one. */
  readonly data: string | null;
}

export const USAGE = `npm run demo [-- --clusters] [-- --json] [-- --data DIR]

  --clusters  three real API servers with real Flux; the groups then wait for Ready instead of Committed
  --json      one line of JSON on standard output at the end
  --data DIR  keep emco's data there instead of in a temporary folder; it must be empty
`;

/** @throws Error that names the option which is wrong */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clusters: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return { ...values, data: values.data ?? null };
}
