/** S1: how long the API takes to say where a group on N clusters stands, beside one indexed count in the same database. */
import { Pool } from 'pg';
import { makeCaller } from '#test/support/api-client.ts';
import { approveGroup, seedGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestStore } from '#test/support/start-api.ts';
import { deployFleet } from './status-fleet.ts';

export interface StatusResult {
  readonly clusters: number;
  readonly query: string;
  readonly milliseconds: number;
  readonly floorMilliseconds: number;
  readonly ratio: number;
}

const queries = [
  'status=deployed&output=summary',
  'status=ready&output=summary',
  'status=ready&output=summary&app=app',
  'status=deployed',
  'status=ready',
] as const;

const repeats = 15;

/** A store, an API and one group a size; the rest of the product is not needed to read. */
export async function benchStatus(sizes: readonly number[], say: (line: string) => void): Promise<StatusResult[]> {
  const database = await startTestStore();
  const api = await startTestApi(database.store);
  const pool = new Pool({ connectionString: database.url, max: 1 });
  try {
    const results: StatusResult[] = [];
    for (const clusters of sizes) {
      say(`S1, ${clusters} clusters: seeding`);
      const path = await seedFleet(database, api.url, clusters);
      const http = makeCaller(api.url);
      const floor = await medianOf(() => pool.query('select count(*) from targets'));
      for (const query of queries) {
        const milliseconds = await medianOf(async () => {
          const { status, text } = await http.get(`${path}/status?${query}`);
          if (status !== 200) throw new Error(`status bench: expected 200, found ${status} ${text}`);
        });
        results.push({ clusters, query, milliseconds, floorMilliseconds: floor, ratio: milliseconds / floor });
      }
    }
    return results;
  } finally {
    await pool.end();
    await api.stop();
    await database.stop();
  }
}

async function seedFleet({ store }: TestStore, url: string, clusters: number): Promise<string> {
  const provider = `s1-${clusters}`;
  const http = makeCaller(url);
  const group = await seedGroup(http, { project: provider, apps: ['app'], clusters: ['c'] });
  await approveGroup(http, group);
  await http.post(`${group.path}/instantiate`);
  await deployFleet(store, group.key, { provider, clusters });
  return group.path;
}

/** After two runs that warm up. */
async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = -2; run < repeats; run += 1) {
    const startedAt = performance.now();
    await work();
    if (run >= 0) times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0;
}

export function toStatusTable(results: readonly StatusResult[]): string {
  const rows = results.map((one) =>
    [one.clusters, one.query, one.milliseconds.toFixed(1), one.floorMilliseconds.toFixed(2), one.ratio.toFixed(0)].map(
      String,
    ),
  );
  const head = ['clusters', 'query', 'ms', 'floor', 'ratio'];
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [head, ...rows].map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')).join('\n');
}
