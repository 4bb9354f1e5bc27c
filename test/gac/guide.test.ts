/** The commands of `docs/how-to/customise-with-gac.md`, run as they stand against a whole emco. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryCommand } from '#lab/resolver/index.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: TemporaryFolder;
let emco: Emco;
let git: GitReader;
let output = '';

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  emco = await startEmco(folder.path);
  git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const guide = await readFile(`${root}docs/how-to/customise-with-gac.md`, 'utf8');
  const blocks = [...guide.matchAll(/^```bash\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  expect(blocks).toHaveLength(7);
  const ran = await tryCommand(['bash', '-euo', 'pipefail', '-c', blocks.join('\n')], {
    cwd: root,
    timeoutMs: 500_000,
    env: { EMCO_URL: emco.api, GIT_URL: emco.git, GIT_TOKEN: emco.gitToken, TMPDIR: folder.path },
  });
  output = `${ran.stdout}\n${ran.stderr}`;
  expect(ran.exitCode, output.slice(-3000)).toBe(0);
}, 600_000);
afterAll(async () => {
  await git?.close();
  await emco?.stop();
  await folder?.[Symbol.asyncDispose]();
});

/** Text of the file whose name matches, in the cluster's folder, at the last commit of a revision. */
async function fileOf(cluster: string, name: string, revision: number): Promise<string> {
  const own = (await git.commits()).filter(({ trailers }) => trailers['Emco-Revision'] === String(revision));
  const commit = own.at(-1)?.id;
  if (commit === undefined) throw new Error(`revision ${revision}: expected a commit, found none`);
  const wanted = new RegExp(`^deploy/stores\\+${cluster}/[^/]+/web/${name}`);
  const path = [...(await git.files(commit)).keys()].find((one) => wanted.test(one));
  return path === undefined ? '' : git.text(path, commit);
}

const onBoth = async (name: string, revision: number): Promise<readonly [string, string]> => [
  await fileOf('lund', name, revision),
  await fileOf('oslo', name, revision),
];

describe('the guide', () => {
  it('adds an object whose customizations accumulate, and its files', async () => {
    const [lund, oslo] = await onBoth('.*storefront', 1);
    expect(lund).toContain('currency: EUR');
    expect(oslo).toContain('currency: NOK');
    for (const text of [lund, oslo]) expect(text).toContain('hours.json');
  });

  it('changes the Deployment of the chart by patches of both types', async () => {
    const [lund, oslo] = await onBoth('deployment', 1);
    expect(lund).toContain('replicas: 3');
    expect(oslo).toContain('replicas: 1');
    for (const text of [lund, oslo]) expect(text).toMatch(/example\/cache:7[^]*example\/web:1/);
  });

  it('looks values up for each cluster, again with the update, and not for the rollback', async () => {
    const gateways = async (revision: number) =>
      (await onBoth('.*settings', revision)).map((text) => /gateway: "?([\d.]+)/.exec(text)?.[1]);
    expect(await gateways(1)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(await gateways(2)).toEqual(['192.0.2.1', '192.0.2.99']);
    expect(await gateways(3)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(output).toMatch(/look-ups: 2 URLs, values with digest [0-9a-f]{64}\n/);
    expect(output).toContain('192.0.2.2');
  });
});
