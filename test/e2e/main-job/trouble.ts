/** What goes wrong on the way: sick workloads, refused manifests, clusters that are away, a killed emco. */
import { describe, expect, it } from 'vitest';
import { waitUntil } from '#lab/process/index.ts';
import type { Group } from './group.ts';
import { at, get } from './live.ts';
import { writeSmallGroup, writeSmallValues } from './small.ts';
import { allClusters, type ClusterName, directCluster, type World } from './world.ts';

const places: readonly ClusterName[] = ['edge+c1', 'edge+c2', directCluster];

export function tellTrouble(present: () => World): void {
  const tags = (name: string, clusters: readonly ClusterName[]) =>
    Promise.all(
      clusters.map(async (place) => at(await get(present().cluster(place).api, 'configMap', name), 'data.tag')),
    );

  describe('a Deployment whose pods find no node', () => {
    let group: Group;
    it('leaves the group at Deployed with its name, however healthy the revision before was', async () => {
      group = await writeSmallGroup(present(), { name: 'sick', clusters: places });
      await group.perform('instantiate');
      await writeSmallValues(present(), 'sick', { zone: 'nowhere', tag: 2 });
      await group.request('update');
      const seen: string[] = [];
      await waitUntil(
        async () => {
          const phases = Object.keys(await group.phases()).join();
          if (seen.at(-1) !== phases) seen.push(phases);
          const named = (await group.messages()).filter((one) => /: Deployment sick: \S/.test(one));
          return phases === 'Deployed' && named.length === places.length;
        },
        { timeoutMs: 60_000, expected: 'all to be Deployed with the Deployment named', intervalMs: 50 },
      );
      expect(await tags('sick', places)).toEqual(['2', '2', '2']);
      // Ready of the revision before, then never again.
      expect(seen.slice(1).filter((phases) => phases === 'Ready')).toEqual([]);
      expect((await group.operations())[0]).toMatchObject({ kind: 'update', state: 'accepted' });
      expect(await group.read('status?status=ready')).toMatchObject({ readyStatus: 'NotReady' });
    });

    it('is Ready after an update that fixes it', async () => {
      await writeSmallValues(present(), 'sick', { tag: 3 });
      await group.perform('update');
      expect(await group.phases()).toEqual({ Ready: 3 });
      expect(await tags('sick', places)).toEqual(['3', '3', '3']);
    });
  });

  describe('a manifest that API servers refuse', () => {
    it('shows their message on the targets that have it, and is over with the next update', async () => {
      const clusters: readonly ClusterName[] = ['edge+c2', directCluster];
      const group = await writeSmallGroup(present(), { name: 'refused', clusters, values: { replicas: 'many' } });
      await group.request('instantiate');
      await group.untilMessage(/^one@far\+d1: .*Deployment default\/refused.*replicas/);
      await group.untilMessage(/^one@edge\+c2: .*Deployment\/default\/refused.*replicas/);
      expect(await group.phases()).toEqual({ Committed: 1, Failed: 1 });
      await writeSmallValues(present(), 'refused', {});
      await group.perform('update');
      expect(await group.phases()).toEqual({ Ready: 2 });
    });
  });

  describe('clusters that are away', () => {
    it('are Retrying, not Failed; the others go on, and what is back gets the newest revision', async () => {
      const { cluster } = present();
      const away: readonly ClusterName[] = ['edge+c2', directCluster];
      const group = await writeSmallGroup(present(), { name: 'away', clusters: places });
      await group.perform('instantiate');
      for (const place of away) await cluster(place).goOffline();
      try {
        for (const tag of [2, 3]) {
          await writeSmallValues(present(), 'away', { tag });
          await group.request('update');
          await waitUntil(async () => (await tags('away', ['edge+c1']))[0] === String(tag), {
            timeoutMs: 60_000,
            expected: `tag ${tag} on edge+c1`,
          });
        }
        await waitUntil(async () => (await connectivities(group)).join() === 'Available,Retrying,Retrying', {
          timeoutMs: 60_000,
          expected: 'both to be Retrying',
        });
        expect(await group.phases()).not.toHaveProperty('Failed');
        expect(await group.read('status?status=deployed')).toMatchObject({ deployedStatus: 'Instantiating' });
        expect((await group.operations())[0]).toMatchObject({ kind: 'update', state: 'accepted' });
      } finally {
        for (const place of away) await cluster(place).goOnline();
      }
      await group.untilDone('update', 120_000);
      expect(await tags('away', places)).toEqual(['3', '3', '3']);
      expect(await group.phases()).toEqual({ Ready: 3 });
      expect(await connectivities(group)).toEqual(['Available', 'Available', 'Available']);
    });
  });

  describe('a kill -9 of emco in the middle of a roll-out', () => {
    it('is over after a new start: everything Ready, nothing committed twice', async () => {
      const world = present();
      const group = await writeSmallGroup(world, { name: 'crash', clusters: allClusters });
      await group.request('instantiate');
      await waitUntil(async () => Object.keys(await group.phases()).length > 0, {
        timeoutMs: 30_000,
        expected: 'targets of the group',
        intervalMs: 20,
      });
      await world.killAndRestart();
      await group.untilDone('instantiate');
      expect(await group.phases()).toEqual({ Ready: 4 });
      expect(await tags('crash', allClusters)).toEqual(['1', '1', '1', '1']);
      const own = (await world.git.commits()).filter(({ trailers }) => trailers['Emco-Group']?.endsWith('/crash'));
      expect(own.map(({ subject }) => subject)).toEqual(['emco: instantiate crash revision 1 wave 0']);
    });
  });
}

/** Of the clusters in the order of their names. */
async function connectivities(group: Group): Promise<readonly string[]> {
  const status = JSON.stringify(await group.read('status?status=deployed&output=all'));
  return [...status.matchAll(/"connectivity":"(\w+)"/g)].map(([, word = '']) => word);
}
