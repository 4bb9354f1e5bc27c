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
const { differences, kinds, unknown } = await runCases({ kubectl: await resolveTool('kubectl'), cases, seed });
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
for (const difference of differences.slice(0, 5)) process.stdout.write(`${JSON.stringify(difference, null, 1)}\n`);
if (unknown.length > 0) {
  const names = unknown.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).join(', ');
  process.stdout.write(`kinds that this kubectl does not patch by itself: ${names}\n`);
}
const found = `${differences.length} differences`;
process.stdout.write(`${cases} cases of ${kinds.length} kinds, seed ${seed}: ${found}, ${seconds} s\n`);
process.exitCode = differences.length === 0 ? 0 : 1;
