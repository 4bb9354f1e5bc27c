import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { resolveTool } from '#lab/resolver/index.ts';
import type { ResolverDeps } from '#lab/resolver/index.ts';
import type { Recipe, Tool } from '#lab/resolver/tool.ts';

let root = '';
let said: string[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'emco-resolver-'));
  said = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

const NOWHERE: Recipe = {
  kind: 'npm',
  version: '3.15.0',
  package: 'some-package',
  packageVersion: '1.0.0',
  archive: 'lib/some.zip',
  member: 'helm',
  platforms: ['no-such-platform'],
};

const HELM: Tool = {
  name: 'helm',
  probe: { args: ['version'], answer: /v(\d+\.\d+\.\d+)/ },
  atLeast: '3.14.0',
  recipes: [NOWHERE],
};

function deps(env: Readonly<Record<string, string>> = {}, tool: Tool = HELM): ResolverDeps {
  const places = { PATH: join(root, 'bin'), EMCO_CACHE: join(root, 'cache') };
  return { env: { ...places, ...env }, tools: { helm: tool }, say: (line) => said.push(line) };
}

async function writeProgram(path: string, answer: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho ${answer}\n`);
  await chmod(file, 0o755);
  return file;
}

describe('the resolver', () => {
  it('prefers the explicit path to everything else', async () => {
    await writeProgram('bin/helm', 'v3.16.0');
    const mine = await writeProgram('mine/my-helm', 'v3.15.1');
    expect(await resolveTool('helm', deps({ EMCO_HELM_PATH: mine }))).toBe(mine);
  });

  it('refuses an explicit path that is another program, naming the variable', async () => {
    const other = await writeProgram('mine/other', 'hello');
    await expect(resolveTool('helm', deps({ EMCO_HELM_PATH: other }))).rejects.toThrow('EMCO_HELM_PATH');
  });

  it('takes a program on PATH before one in the cache', async () => {
    const onPath = await writeProgram('bin/helm', 'v3.14.0');
    await writeProgram('cache/helm-3.15.0/helm', 'v3.15.0');
    expect(await resolveTool('helm', deps())).toBe(onPath);
  });

  it('passes over a program on PATH that is too old', async () => {
    await writeProgram('bin/helm', 'v3.9.9');
    const cached = await writeProgram('cache/helm-3.15.0/helm', 'v3.15.0');
    expect(await resolveTool('helm', deps())).toBe(cached);
    expect(said).toEqual([]);
  });

  it('takes the newest of the folders that a tool names', async () => {
    await writeProgram('opt/9/bin/helm', 'v3.20.0');
    const newest = await writeProgram('opt/15/bin/helm', 'v3.20.1');
    expect(await resolveTool('helm', deps({}, { ...HELM, folders: [join(root, 'opt/*/bin')] }))).toBe(newest);
  });

  it('does not take a cached program for complete whose extra files are missing', async () => {
    const program = await writeProgram('cache/helm-3.15.0/helm', 'v3.15.0');
    const recipe: Recipe = { kind: 'go', version: '3.15.0', module: 'm', command: 'm', extras: { crds: 'config/crd' } };
    const cached = await writeProgram('cache/helm-3.15.1/helm', 'v3.15.1');
    const wanting = deps({}, { ...HELM, recipes: [recipe, { ...NOWHERE, version: '3.15.1' }] });
    expect(await resolveTool('helm', wanting)).toBe(cached);
    await mkdir(join(root, 'cache/helm-3.15.0/crds'));
    expect(await resolveTool('helm', wanting)).toBe(program);
  });

  it('says what it tried and what to do when there is no way to get a program', async () => {
    const failure = resolveTool('helm', deps());
    await expect(failure).rejects.toThrow(/npm: npm package some-package has nothing for/);
    await expect(failure).rejects.toThrow(/put it on PATH, or set EMCO_HELM_PATH to its file/);
  });
});
