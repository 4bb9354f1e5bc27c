/** The command line: `npm run bench -- W1 --sizes 10,100,1000 --rounds 3 --json`. */
import { parseArgs } from 'node:util';
import { type Workload, workloads } from './cases.ts';

export interface BenchOptions {
  readonly workloads: readonly Workload[];
  /** S1: reading the status, which needs no clusters and no Git. */
  readonly status: boolean;
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly json: boolean;
  /** Keep the data folder, and say where it is. */
  readonly keep: boolean;
}

const aliases: Readonly<Record<string, readonly Workload[]>> = {
  ...Object.fromEntries(workloads.map((name) => [name.toUpperCase(), [name]])),
  W1: ['W1a', 'W1b'],
};

export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sizes: { type: 'string', default: '10,100,1000' },
      rounds: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const names = positionals.length === 0 ? ['W1', 'W3'] : positionals;
  return {
    workloads: names.filter((name) => !isStatus(name)).flatMap(toWorkloads),
    status: names.some(isStatus),
    sizes: values.sizes.split(',').map((text) => toCount('--sizes', text)),
    rounds: toCount('--rounds', values.rounds),
    json: values.json,
    keep: values.keep,
  };
}

const isStatus = (name: string): boolean => name.toUpperCase() === 'S1';

function toWorkloads(name: string): readonly Workload[] {
  const found = aliases[name.toUpperCase()];
  if (found !== undefined) return found;
  throw new Error(`workload: expected one of ${Object.keys(aliases).join(', ')}, S1, found ${name}`);
}

function toCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Error(`${option}: expected whole numbers from 1, found ${text}`);
}
