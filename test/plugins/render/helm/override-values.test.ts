import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveTool, runCommand } from '#lab/resolver/index.ts';
import { toOverrideArguments } from '#plugins/render/helm/override-values.ts';
import { makeChartFolder } from './chart-folder.ts';

let folder: string;
let helm: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emco-overrides-'));
  helm = await resolveTool('helm');
  await makeChartFolder(join(folder, 'chart'), 'values: {{ .Values | toJson | quote }}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const template = (args: readonly string[]): Promise<string> =>
  runCommand([helm, 'template', 'r', 'chart', ...args], { cwd: folder });

describe('override values', () => {
  it.each([
    'text',
    'a b',
    '1.5',
    '007',
    '0',
    '42',
    '-3',
    'true',
    'False',
    'NULL',
    'nullish',
    '',
    '{x,y}',
    '{}',
    'a=b',
    '=',
    'a\\,b',
    'a\\\\b',
    'x,list[0]=z',
    'line\nbreak',
    ' spaced ',
    '"quoted"',
    'é',
    'a{b}',
    '99999999999999999999',
    'https://x/y?z=1&q[]=2',
  ])('%j comes out of helm as it would by --set', async (value) => {
    const { args, files } = toOverrideArguments({ 'a.b': value, 'list[1].name': value });
    for (const [name, text] of files) await writeFile(join(folder, name), text);
    const expected = await template([`--set=a.b=${value}`, `--set=list[1].name=${value}`]);
    expect(await template(args)).toBe(expected);
  });

  it('that are plain texts do not stand on the command line', () => {
    const { args } = toOverrideArguments({ password: 'hush', other: 'a\\,hush', count: '3' });
    expect(args.join(' ')).not.toContain('hush');
  });
});
