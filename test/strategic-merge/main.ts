/** `npm run test:strategic-merge -- --cases 2000 --seed 1`: our strategic merge against kubectl's. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { resolveTool } from '#lab/resolver/index.ts';
import { runCases } from './run-cases.ts';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '2000' }, seed: { type: 'string' } } });
const cases = Number(values.cases);
const seed = Number(values.seed ?? randomInt(2 ** 31));
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('--cases and --seed: expected integers, --cases at least 1\n');
  process.exit(2);
}
const startedAt = performance.now();
const differences = await runCases({ kubectl: await resolveTool('kubectl'), cases, seed });
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
for (const difference of differences.slice(0, 5)) process.stdout.write(`${JSON.stringify(difference, null, 1)}\n`);
process.stdout.write(`${cases} cases of seed ${seed}: ${differences.length} differences, ${seconds} s\n`);
process.exitCode = differences.length === 0 ? 0 : 1;
