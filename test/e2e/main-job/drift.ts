/** Somebody else changes what emco keeps, in a cluster or in Git. */
import { describe, expect, it } from 'vitest';
import { waitUntil } from '#lab/process/index.ts';
import { ownedFiles } from './commits.ts';
import type { Group } from './group.ts';
import { at, find, get, type Kind, paths } from './live.ts';
import { writeSmallGroup } from './small.ts';
import { type ClusterName, directCluster, type World } from './world.ts';

const places: readonly ClusterName[] = ['edge+c1', directCluster];

export function tellDrift(present: () => World): void {
  describe('what somebody else changes', () => {
    let group: Group;
    const until = async (place: ClusterName, kind: Kind, { path, value }: { path: string; value: string | number }) =>
      waitUntil(async () => at(await find(present().cluster(place).api, kind, 'drift'), path) === value, {
        timeoutMs: 60_000,
        expected: `${path} of ${kind} drift on ${place} to be ${value} again`,
      });

    it('begins with a group that is Ready on a Flux cluster and on a direct one', async () => {
      group = await writeSmallGroup(present(), { name: 'drift', clusters: places, values: { replicas: 2 } });
      await group.perform('instantiate');
    });

    it('comes back in Git while Flux runs, and the status says whose commit it was', async () => {
      const { git, cluster } = present();
      const gid = await group.gid();
      const before = await ownedFiles(git);
      const file = `deploy/edge+c1/${gid}/one/configmap-default-drift.yaml`;
      const text = await git.text(file);
      expect(text).toContain('red');
      const foreign = await git.pushForeign({ [file]: text.replace('red', 'green'), 'notes/mine.txt': 'mine\n' });
      await group.untilMessage(new RegExp(`^one@edge\\+c1: Drift: commit ${foreign.slice(0, 10)} by Somebody`));
      await waitUntil(async () => (await git.text(file)) === text, {
        timeoutMs: 30_000,
        expected: `${file} to be healed`,
      });
      await group.untilReady();
      await until('edge+c1', 'configMap', { path: 'data.colour', value: 'red' });
      expect(await ownedFiles(git)).toEqual(before);
      expect(await git.text('notes/mine.txt')).toBe('mine\n');
      expect(await git.isAncestor(foreign)).toBe(true);
      await get(cluster('edge+c1').api, 'configMap', 'drift');
    });

    it('comes back in Git when a commit of emco itself follows at once on the foreign one', async () => {
      const { git, cluster } = present();
      const file = `clusters/edge+c1/emco/${await group.gid()}.yaml`;
      const text = await git.text(file);
      const other = await writeSmallGroup(present(), { name: 'other', clusters: ['edge+c2'] });
      await git.pushForeign({ [file]: null });
      await other.perform('instantiate');
      await waitUntil(async () => (await git.text(file)) === text, {
        timeoutMs: 30_000,
        expected: `${file} to be back`,
      });
      await group.untilReady();
      expect(at(await get(cluster('edge+c1').api, 'deployment', 'drift'), 'status.readyReplicas')).toBe(2);
    });

    it('is said when the bootstrap of a cluster is broken, for as long as it is', async () => {
      const { git } = present();
      const file = 'clusters/edge+c1/broken.yaml';
      await git.pushForeign({ [file]: 'apiVersion: no.such/v1\nkind: Nonsense\nmetadata: {name: x}\n' });
      try {
        await group.untilMessage(
          /^one@edge\+c1: Cluster sync broken: Kustomization flux-system\/flux-system: .*Nonsense/,
        );
      } finally {
        await git.pushForeign({ [file]: null });
      }
      await waitUntil(async () => (await group.messages()).length === 0, {
        timeoutMs: 60_000,
        expected: 'the message to go with its reason',
      });
      expect(await group.phases()).toEqual({ Ready: 2 });
    });

    it('comes back when a field of it was changed, on both, and the status says by whom where emco repairs', async () => {
      for (const place of places) {
        const { api } = present().cluster(place);
        await api.apply(`${paths.configMap}drift`, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'drift', namespace: 'default' },
          data: { colour: 'blue' },
        });
        await api.apply(`${paths.deployment}drift`, {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'drift', namespace: 'default' },
          spec: { replicas: 5 },
        });
      }
      // A repair waits until the app has stood for a minute, lest it quarrel with a controller all the time.
      await group.untilMessage(/^one@far\+d1: Drift: .* drift was changed by lab/, 90_000);
      for (const place of places) {
        await until(place, 'configMap', { path: 'data.colour', value: 'red' });
        await until(place, 'deployment', { path: 'spec.replicas', value: 2 });
      }
      await group.untilReady();
      expect(await group.messages()).toEqual([]);
    });

    it('comes back when it was deleted, on both', async () => {
      const uids = await Promise.all(
        places.map(async (place) => at(await get(present().cluster(place).api, 'deployment', 'drift'), 'metadata.uid')),
      );
      for (const place of places) await present().cluster(place).api.remove(`${paths.deployment}drift`);
      await group.untilMessage(/^one@far\+d1: Drift: Deployment drift is gone from the cluster/);
      for (const [index, place] of places.entries()) {
        await until(place, 'deployment', { path: 'status.readyReplicas', value: 2 });
        expect(at(await get(present().cluster(place).api, 'deployment', 'drift'), 'metadata.uid')).not.toBe(
          uids[index],
        );
      }
      await group.untilReady();
    });
  });
}
