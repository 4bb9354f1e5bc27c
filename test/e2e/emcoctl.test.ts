/** EMCO's own HTTP library with its client's rules, and our CLI, on EMCO-shaped files, against real API servers. */
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildGo, hasGo } from '#lab/build-go.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { type Fleet, startFleet } from '#lab/fleet.ts';
import { findFreePort } from '#lab/process/index.ts';
import { runCommand, tryCommand } from '#lab/resolver/index.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { eventually } from '#test/support/eventually.ts';
import { watchStatus } from '#test/support/watch-status.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const goIsThere = await hasGo();
const minuteMs = 60_000;

let folder: string;
let emco: Emco;
let statusPort: number;
let fleet: Fleet;

/** The how-to's working folder: its files, packed charts, kubeconfigs, and the two clients on PATH. */
async function prepare(): Promise<void> {
  await cp(join(root, 'docs', 'examples', 'emcoctl'), folder, { recursive: true });
  for (const [index, cluster] of fleet.clusters.entries())
    await writeFile(join(folder, `cluster${index + 1}.kubeconfig`), cluster.kubeconfig);
  const { hostname, port } = new URL(emco.api);
  await writeFile(join(folder, 'emco-cfg.yaml'), `ingress:\n  host: ${hostname}\n  port: ${port}\n`);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const node = join(root, 'node_modules', '.bin', 'node');
  const programs = {
    emco: `'${node}' '${join(root, 'bin', 'emco.js')}'`,
    emcoctl: `'${await buildGo('wire-client')}'`,
  };
  for (const [name, command] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec ${command} "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
}

const inFolder = () => ({
  cwd: folder,
  env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: folder },
});

interface Reply {
  readonly url: string;
  readonly code: number;
  /** Text of the body, empty when there is none. */
  readonly body: string;
}

/** Runs the client; gives what it printed of every request, as EMCO's scripts cut it out. */
async function emcoctl(line: string): Promise<readonly Reply[]> {
  const said = await runCommand(['emcoctl', '--config', 'emco-cfg.yaml', ...line.split(' ')], inFolder());
  return said
    .split('---\n')
    .slice(1)
    .map((part) => ({
      url: /URL: (\S+)/.exec(part)?.[1] ?? '',
      code: Number(/Response Code: (\d+)/.exec(part)?.[1]),
      body: /Response: ([\s\S]*)/.exec(part)?.[1]?.trim() ?? '',
    }));
}

/** Every request of the file must succeed, since `-s` ends at the first that does not. */
async function all(line: string): Promise<readonly number[]> {
  const replies = await emcoctl(`${line} -v values.yaml -s`);
  for (const { url, code, body } of replies) expect(code, `${line}: ${url}: ${body}`).toBeLessThan(300);
  return replies.map(({ code }) => code);
}

const group = 'projects/proj1/composite-apps/shop/v1/deployment-intent-groups/everywhere';

/** What EMCO's scripts poll. */
async function statusOf(path: string): Promise<string> {
  const [reply] = await emcoctl(`get ${path}/status?status=deployed`);
  return JSON.parse(reply?.body ?? '{}').deployedStatus;
}

const reaches = (path: string, wanted: string): Promise<void> =>
  eventually(async () => expect(await statusOf(path)).toBe(wanted), 3 * minuteMs);

/** The ConfigMap that customisation makes, on both clusters. */
const sizes = async (): Promise<readonly unknown[]> =>
  Promise.all(
    fleet.clusters.map(async ({ kubeconfigFile }) => {
      const argv = [
        'kubectl',
        '--kubeconfig',
        kubeconfigFile,
        'get',
        'configmap',
        'team',
        '-o',
        'jsonpath={.data.size}',
      ];
      const { stdout } = await tryCommand(argv);
      return stdout;
    }),
  );

describe.skipIf(!goIsThere)("EMCO's files", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emco-emcoctl-'));
    statusPort = await findFreePort();
    vi.stubEnv('EMCO_STATUS_PORT', String(statusPort));
    emco = await startEmco(folder);
    vi.unstubAllEnvs();
    fleet = await startFleet({ clusters: ['provider1+cluster1', 'provider1+cluster2'], flux: false });
    await prepare();
  });
  afterAll(async () => {
    await emco?.stop();
    await fleet?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("go through EMCO's client with success codes only, and the status has a known word right after each 202", async () => {
    for (const name of ['db', 'web'])
      await runCommand(['tar', '-czf', `${name}.tar.gz`, '-C', 'charts', name], { cwd: folder });
    await runCommand(['tar', '-czf', 'profile.tar.gz', '-C', 'profile', 'manifest.yaml', 'override_values.yaml'], {
      cwd: folder,
    });
    expect(await all('apply -f 10-clusters.yaml')).toEqual(Array.from({ length: 13 }, () => 201));
    expect(await all('apply -f 20-cloud.yaml')).toEqual([201, 201, 201]);
    expect(await all('apply -f 21-cloud-up.yaml')).toEqual([202]);
    expect(await statusOf('projects/proj1/logical-clouds/default')).toMatch(/^Instantiat(ing|ed)$/);
    await reaches('projects/proj1/logical-clouds/default', 'Instantiated');
    expect(await all('apply -f 30-app.yaml')).toEqual(Array.from({ length: 7 }, () => 201));
    expect((await all('apply -f 40-group.yaml')).toSorted()).toEqual([...Array.from({ length: 8 }, () => 201), 202]);
    expect(await all('apply -f 50-instantiate.yaml')).toEqual([202]);
    expect(await statusOf(group)).toMatch(/^Instantiat(ing|ed)$/);
    await reaches(group, 'Instantiated');
    expect(await sizes()).toEqual(['10', '10']);
  });

  it('can be got and put again, actions left out', async () => {
    for (const file of ['10-clusters', '20-cloud', '30-app', '40-group', '50-instantiate'])
      expect(
        (await all(`get -f ${file}.yaml`)).filter((code) => code !== 200),
        file,
      ).toEqual([]);
    expect(await all('update -f 30-app.yaml')).toEqual(Array.from({ length: 7 }, () => 201));
    expect(await all('update -f 50-instantiate.yaml')).toEqual([]);
    const token = await emcoctl('get projects/proj1 -t any');
    expect(token.map(({ code }) => code)).toEqual([200]);
  });

  it('update and roll back, and a watching client hears of it', async () => {
    const digKey = {
      project: 'proj1',
      compositeApp: 'shop',
      compositeAppVersion: 'v1',
      deploymentIntentGroup: 'everywhere',
    };
    const registration = { digKey, clientId: 'test', statusType: 'DEPLOYED', output: 'ALL', apps: ['web'] } as const;
    const watch = await watchStatus(`127.0.0.1:${statusPort}`, registration);
    await eventually(() => expect(watch.heard[0]?.statusValue).toBe('DEPLOYED'));
    expect(watch.heard[0]?.details).toMatchObject([{ app: { app: 'web', statusValue: 'DEPLOYED' } }]);
    expect(await all('update -f 60-change.yaml')).toEqual([200]);
    const [updated] = await emcoctl('apply -f 61-update.yaml -v values.yaml');
    expect(updated).toMatchObject({ code: 202, body: '2' });
    expect(await statusOf(group)).toMatch(/^Instantiat(ing|ed)$/);
    await eventually(async () => expect(await sizes()).toEqual(['20', '20']), minuteMs);
    await reaches(group, 'Instantiated');
    expect(await all('apply -f 62-rollback.yaml')).toEqual([202]);
    await eventually(async () => expect(await sizes()).toEqual(['10', '10']), minuteMs);
    watch.close();
  });

  it('make a tenant, add a cluster to it while it is up, and take it down', async () => {
    const tenant = 'projects/proj1/logical-clouds/tenant-1';
    expect(await all('apply -f 70-tenant.yaml')).toEqual([201, 201, 201, 201]);
    expect(await all('apply -f 71-tenant-up.yaml')).toEqual([202]);
    expect(await statusOf(tenant)).toMatch(/^Instantiat(ing|ed)$/);
    await reaches(tenant, 'Instantiated');
    expect(await all('apply -f 72-tenant-grows.yaml')).toEqual([201, 202]);
    const hasNamespace = ({ kubeconfigFile }: LabCluster) =>
      runCommand(['kubectl', '--kubeconfig', kubeconfigFile, 'get', 'namespace', 'tenant-1']);
    await eventually(async () => void (await Promise.all(fleet.clusters.map(hasNamespace))), minuteMs);
    await reaches(tenant, 'Instantiated');
    expect(await all('delete -f 71-tenant-up.yaml')).toEqual([202]);
    await reaches(tenant, 'Terminated');
    expect(await all('delete -f 72-tenant-grows.yaml')).toEqual([204]);
    expect(await all('delete -f 70-tenant.yaml')).toEqual([204, 204, 204, 204]);
  });

  it('are deleted from the end, a group after its termination', async () => {
    await reaches(group, 'Instantiated');
    expect(await all('delete -f 50-instantiate.yaml')).toEqual([202]);
    expect(await statusOf(group)).toMatch(/^Terminat(ing|ed)$/);
    await reaches(group, 'Terminated');
    expect(await sizes()).toEqual(['', '']);
    expect(new Set(await all('delete -f 40-group.yaml'))).toEqual(new Set([204]));
    expect(new Set(await all('delete -f 30-app.yaml'))).toEqual(new Set([204]));
    expect(await all('delete -f 21-cloud-up.yaml')).toEqual([202]);
    await reaches('projects/proj1/logical-clouds/default', 'Terminated');
    expect(new Set(await all('delete -f 20-cloud.yaml'))).toEqual(new Set([204]));
    expect(new Set(await all('delete -f 10-clusters.yaml'))).toEqual(new Set([204]));
  });

  it('do the same by the commands of the how-to, with both clients', async () => {
    const page = await readFile(join(root, 'docs', 'how-to', 'move-from-emco.md'), 'utf8');
    const scripts = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = '']) => script);
    expect(scripts.length).toBeGreaterThan(3);
    const said: string[] = [];
    for (const script of scripts) said.push(await runCommand(['sh', '-ec', script], inFolder()));
    expect(said.join('').match(/Response Code: (?!2)\d+/)).toBeNull();
    expect(said.join('')).toContain('"deployedStatus":"Instantiated"');
    expect(await sizes()).toEqual(['', '']);
    expect((await emco.call.get('/v2/projects')).json()).toBeNull();
  });
});
