/** The walk-through of docs/examples/gac: the commands of its page, on real API servers, directly and through Flux. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { runCli } from '#lab/demo/run-cli.ts';
import { waitUntil } from '#lab/process/index.ts';
import { readSteps } from './gac/read-steps.ts';
import { exampleFolder, startWorld, type World } from './gac/world.ts';
import { at, find, get, type Kind, textAt } from './main-job/live.ts';

let world: World;
let steps: ReturnType<typeof readSteps>;
const played: string[] = [];

beforeAll(async () => {
  steps = readSteps(await readFile(join(exampleFolder, 'README.md'), 'utf8'));
  world = await startWorld();
});

afterAll(async () => {
  await world?.stop();
});

/** Runs the commands below a heading of the page. */
async function play(heading: string): Promise<string> {
  const commands = steps.get(heading) ?? [];
  expect(commands, heading).not.toEqual([]);
  played.push(heading);
  let said = '';
  for (const command of commands)
    said += await runCli(command, { server: world.emco.api, cwd: world.example, say: () => undefined });
  return said;
}

/** Looks at an object on both clusters. */
async function onBoth(
  kind: Kind,
  name: string,
  look: (object: JsonObject, cluster: LabCluster) => void,
): Promise<void> {
  for (const cluster of world.clusters) look(await get(cluster.api, kind, name), cluster);
}

const keysOf = (value: Json | undefined): readonly string[] => (isJsonObject(value) ? Object.keys(value).sort() : []);

const decoded = (object: JsonObject, path: string): string => Buffer.from(textAt(object, path), 'base64').toString();

async function expectEtcd(members: number): Promise<void> {
  await onBoth('statefulSet', 'etcd', (etcd, { name }) => {
    expect(at(etcd, 'spec.replicas'), name).toBe(members);
    expect(at(etcd, 'status.readyReplicas'), name).toBe(members);
  });
}

/** What the cluster's token controller adds to a Secret. */
const TOKEN_KEYS = ['ca.crt', 'namespace', 'token'];

async function expectSecret(name: string, own: readonly string[]): Promise<void> {
  for (const { api } of world.clusters)
    await waitUntil(async () => keysOf(at(await get(api, 'secret', name), 'data')).includes('token'), {
      timeoutMs: 30_000,
      expected: `the token of Secret ${name}`,
    });
  await onBoth('secret', name, (secret) => {
    expect(keysOf(at(secret, 'data'))).toEqual([...own, ...TOKEN_KEYS].sort());
    expect(at(secret, 'type')).toBe('kubernetes.io/service-account-token');
  });
}

describe('the walk-through of GAC', () => {
  it('starts with clusters, a project and an approved group', async () => {
    await play('Clusters, project, group');
  });

  it('creates and patches the seven objects beside those of the chart', async () => {
    const said = await play('Create and patch');
    expect(said).toContain('operator');
    await onBoth('networkPolicy', 'netpol-web', (policy) => {
      expect(at(policy, 'spec.podSelector')).toEqual({ matchLabels: { app: 'emco' } });
      expect(at(policy, 'spec.egress.0.ports')).toEqual([{ protocol: 'TCP', port: 5978 }]);
      expect(at(policy, 'spec.egress.0.to.0.ipBlock.cidr')).toBe('10.0.0.0/24');
    });
    await onBoth('networkPolicy', 'netpol-db', (policy) => {
      expect(at(policy, 'spec.podSelector')).toEqual({ matchLabels: { role: 'database' } });
      expect(at(policy, 'spec.ingress.0.from.0.podSelector.matchLabels')).toEqual({ app: 'emco' });
    });
    const texts = ['game.properties', 'ui_properties_file_name', 'user-interface.properties'];
    await onBoth('configMap', 'cm-game', (map) => {
      expect(keysOf(at(map, 'data'))).toEqual(['info.json', 'player_initial_lives', ...texts].sort());
      expect(at(map, 'data.player_initial_lives')).toBe('3');
    });
    await onBoth('configMap', 'cm-team', (map) => {
      const data = at(map, 'data');
      expect(keysOf(data)).toEqual(['team_size', ...texts].sort());
      expect(data).toMatchObject({
        team_size: '10',
        'game.properties': 'enemy.types=aliens\nplayer.maximum-lives=3\n',
      });
    });
    await expectSecret('secret-user', ['PASSWORD', 'USER', 'USER_NAME', 'data-userexpiration.yaml']);
    await expectSecret('secret-auth', ['EXPIRATION', 'PASSWORD', 'USER_NAME', 'extra']);
    await onBoth('secret', 'secret-auth', (secret) => {
      expect(decoded(secret, 'data.EXPIRATION')).toBe('2031-01-01T00:00:00Z\n');
      expect(decoded(secret, 'data.USER_NAME')).toBe('admin');
    });
    await expectEtcd(1);
    await onBoth('statefulSet', 'etcd-operator', (operator) => {
      expect(at(operator, 'status.readyReplicas')).toBe(1);
      expect(at(operator, 'spec.template.spec.containers.0.image')).toBe('example/etcd-operator:0.3.1');
    });
    for (const name of ['etcd', 'etcd-cluster']) await onBoth('service', name, () => undefined);
    for (const kind of ['serviceAccount', 'clusterRole', 'clusterRoleBinding'] as const)
      await onBoth(kind, 'etcd-operator', () => undefined);
    await onBoth('definition', 'etcdbackups.collection.emco.example', () => undefined);
  });

  it('updates a customisation', async () => {
    await play('Update');
    await expectEtcd(2);
  });

  it('rolls back while the stored customisation stays', async () => {
    await play('Rollback');
    await expectEtcd(1);
    const path =
      '/v2/projects/walk/composite-apps/collection/v1/deployment-intent-groups/edge/generic-k8s-intents/objects/resources/sts-etcd/customizations/members';
    const answer = await world.emco.call.get(path, { accept: 'application/json' });
    const stored = answer.json();
    expect(isJsonObject(stored) ? at(stored, 'spec.patchJson.0.value') : stored).toBe(2);
  });

  it('gives the chart its members back when the customisation is deleted', async () => {
    await play('Without the customisation');
    await expectEtcd(3);
  });

  it('looks values up for each cluster', async () => {
    await play('Look-ups');
    await onBoth('configMap', 'cm-gateway', (map, { name }) => {
      expect(keysOf(at(map, 'data'))).toEqual(['address', 'dns', 'info.json', 'port']);
      const port = name === 'provider1+cluster1' ? '32001' : '32002';
      expect(at(map, 'data')).toMatchObject({ address: '192.0.2.26', dns: 'https://example.dns.com', port });
    });
    await expectSecret('secret-db', ['expiration', 'password', 'user']);
    await onBoth('secret', 'secret-db', (secret, { name }) => {
      expect(decoded(secret, 'data.password')).toBe(name.replace('provider1+', ''));
      expect(decoded(secret, 'data.user')).toBe('hello');
      expect(decoded(secret, 'data.expiration')).toBe('2032-01-01T00:00:00Z\n');
    });
    await expectEtcd(3);
  });

  it('merges patches strategically', async () => {
    await play('Strategic merge');
    await onBoth('deployment', 'web', (web) => {
      const containers = at(web, 'spec.template.spec.containers');
      expect(Array.isArray(containers) ? containers.map((one: Json) => isJsonObject(one) && one['name']) : []).toEqual([
        'redis-ctr',
        'nginx-ctr',
      ]);
      expect(at(web, 'status.readyReplicas')).toBe(1);
    });
    await onBoth('statefulSet', 'etcd', (etcd) => {
      expect(at(etcd, 'spec.template.spec.hostAliases')).toEqual([{ ip: '192.0.2.4', hostnames: ['host1'] }]);
    });
    await expectEtcd(3);
  });

  it('ends with nothing but the CRD', async () => {
    await play('The end');
    for (const { api } of world.clusters) {
      for (const [kind, name] of [
        ['statefulSet', 'etcd'],
        ['deployment', 'web'],
        ['configMap', 'cm-team'],
        ['secret', 'secret-auth'],
        ['networkPolicy', 'netpol-db'],
        ['clusterRole', 'etcd-operator'],
      ] as const)
        expect(await find(api, kind, name), `${kind} ${name}`).toBeNull();
      await get(api, 'definition', 'etcdbackups.collection.emco.example');
    }
    expect((await world.emco.call.get('/v2/projects')).json() ?? []).toEqual([]);
    expect(played).toEqual([...steps.keys()]);
  });
});
