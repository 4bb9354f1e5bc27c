import { packFolder } from '#lab/demo/pack-folder.ts';
import { packExample } from '#lab/demo/pack.ts';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';

const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples', 'shop');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emco-pack-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function listEntries(bytes: Uint8Array): Promise<readonly string[]> {
  const names: string[] = [];
  const archive = extract();
  archive.end(gunzipSync(bytes));
  for await (const entry of archive) {
    names.push(`${entry.header.type ?? ''} ${entry.header.name}`);
    entry.resume();
  }
  return names;
}

async function writeChart(name: string, order: readonly string[]): Promise<string> {
  const chart = join(folder, name);
  await mkdir(join(chart, 'templates'), { recursive: true });
  for (const path of order) await writeFile(join(chart, path), `content of ${path}\n`);
  return chart;
}

test('the same files give the same bytes, whatever their order, times and folder', async () => {
  const paths = ['values.yaml', 'Chart.yaml', 'templates/b.yaml', 'templates/_a.tpl'];
  const one = await writeChart('one', paths);
  const two = await writeChart('two', paths.toReversed());
  await utimes(join(two, 'values.yaml'), 1, 1);
  const [first, second] = [await packFolder(one, 'web'), await packFolder(two, 'web')];
  expect(sha256(first)).toBe(sha256(second));
  expect(await listEntries(first)).toEqual([
    'file web/Chart.yaml',
    'file web/templates/_a.tpl',
    'file web/templates/b.yaml',
    'file web/values.yaml',
  ]);
});

test('a changed byte gives other bytes', async () => {
  const chart = await writeChart('one', ['Chart.yaml']);
  const before = sha256(await packFolder(chart, 'web'));
  await writeFile(join(chart, 'Chart.yaml'), 'other\n');
  expect(sha256(await packFolder(chart, 'web'))).not.toBe(before);
});

test('an example is packed as EMCO wants it: charts below the name of their app, profiles at the root', async () => {
  const names = await packExample(EXAMPLE, join(folder, 'packed'));
  expect(names).toEqual([
    'api.tgz',
    'db.tgz',
    'web.tgz',
    'api-profile.tgz',
    'api-next-profile.tgz',
    'db-profile.tgz',
    'web-profile.tgz',
  ]);
  const chart = await listEntries(await readFile(join(folder, 'packed', 'db.tgz')));
  expect(chart.every((entry) => entry.startsWith('file db/'))).toBe(true);
  expect(await listEntries(await readFile(join(folder, 'packed', 'db-profile.tgz')))).toEqual([
    'file manifest.yaml',
    'file override_values.yaml',
  ]);
});
