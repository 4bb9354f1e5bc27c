import { packExample } from '#lab/demo/pack.ts';
import { parseReady } from '#lab/demo/start-emco.ts';
import { runEmco } from '#test/cli/run-emco.ts';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples', 'shop');
const DOCUMENTS = ['10-clusters', '20-project', '30-app', '40-group', '50-run', '60-next'];

test('the documents of the shop are sound, with every file that they name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emco-shop-'));
  try {
    await cp(EXAMPLE, folder, { recursive: true });
    await packExample(EXAMPLE, join(folder, 'packed'));
    // The last file replaces a document of another one, so it is judged by itself.
    for (const names of [DOCUMENTS.slice(0, -1), DOCUMENTS.slice(-1)]) {
      const files = names.flatMap((name) => ['-f', join(folder, `${name}.yaml`)]);
      const { code, out } = await runEmco(['check', '--offline', '-v', join(folder, 'values.yaml'), ...files]);
      expect(out).toMatch(/^documents +ok/m);
      expect(code).toBe(0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('only a complete ready line counts as ready', () => {
  const ready = {
    api: 'http://127.0.0.1:1',
    temporal: '127.0.0.1:2',
    temporalUi: 'http://127.0.0.1:3',
    namespace: 'emco',
    git: 'http://127.0.0.1:4/emco.git',
    gitUser: 'emco',
    gitTokenFile: '/t',
    data: '/d',
  };
  expect(parseReady(JSON.stringify(ready))).toEqual(ready);
  const { api: _, ...rest } = ready;
  for (const line of [JSON.stringify(rest), '{"level":30}', 'ready', '{', 'null', '[]'])
    expect(parseReady(line)).toBeNull();
});
