/** The whole life of a group: instantiate, update, remove from a cluster, roll back, terminate. */
import { describe, expect, it } from 'vitest';
import type { Json } from '#domain/json.ts';
import { resolveTool, runCommand } from '#lab/resolver/index.ts';
import { changedBetween, ownedFiles, stepsAfter } from './commits.ts';
import type { Group } from './group.ts';
import { expectRemovalInOrder, watchLeaving } from './leaving.ts';
import { at, find, get, listNames, listOwned, madeAt, podsReadyAt, textAt, toVersions } from './live.ts';
import { apps, images, nextApi, placed, withoutBudget, writePlacement, writeShop, writeValues } from './shop.ts';
import { type Snapshot, takeSnapshot, toClusters } from './snapshot.ts';
import { allClusters, type ClusterName, directCluster, fluxClusters, type World } from './world.ts';

export function tellLife(present: () => World): void {
  describe('the life of a group on three Flux clusters and a direct one', () => {
    let group: Group;
    let gid = '';
    let first: Snapshot;
    const image = async (name: ClusterName): Promise<Json | undefined> =>
      at(await get(present().cluster(name).api, 'deployment', 'shop-api'), 'spec.template.spec.containers.0.image');

    it('begins with an instantiate that ends when everything is Ready', async () => {
      const world = present();
      for (const name of allClusters) {
        await world.cluster(name).api.apply('/api/v1/namespaces/default/configmaps/foreign', foreign);
      }
      group = await writeShop(world);
      await group.perform('instantiate', 180_000);
      gid = await group.gid();
      expect(await group.phases()).toEqual({ Ready: 8 });
      expect(await group.messages()).toEqual([]);
      first = await takeSnapshot(world, gid);
    });

    it('made what others need first: CRDs, then the database, its API when that is Ready, and the web after that', async () => {
      const { cluster, git } = present();
      const readyAt: number[] = [];
      for (const name of placed.db) {
        const { api } = cluster(name);
        const definition = madeAt(await get(api, 'definition', 'backupplans.shop.emco.example'));
        const stateful = await get(api, 'statefulSet', 'shop-db');
        expect(definition).toBeLessThanOrEqual(madeAt(await get(api, 'backupPlan', 'shop-db')));
        expect(at(stateful, 'status.readyReplicas')).toBe(2);
        readyAt.push(await podsReadyAt(api, 'app.kubernetes.io/name=db'));
      }
      for (const name of placed.api) {
        const made = madeAt(await get(cluster(name).api, 'deployment', 'shop-api'));
        // Directly it waits for the database beside it; elsewhere for all databases.
        const needed = name === directCluster ? Math.min(...readyAt) : Math.max(...readyAt);
        expect(made).toBeGreaterThanOrEqual(needed);
        expect(madeAt(await get(cluster(name).api, 'deployment', 'shop-web'))).toBeGreaterThanOrEqual(made + 1000);
      }
      const written = (await stepsAfter(git, first.before)).map((step) => step.written);
      const order = ['db.crds', 'db', 'api', 'web'].map((folder) =>
        written.findIndex((paths) => paths.some((path) => path.includes(`/${gid}/${folder}/`))),
      );
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(new Set(order).size).toBe(4);
      expect(order).not.toContain(-1);
    });

    it('made on each cluster what its intents say, with Secret, RBAC and pods', async () => {
      const { cluster } = present();
      const north = await get(cluster('edge+c1').api, 'configMap', 'storefront');
      const south = await get(cluster('edge+c2').api, 'configMap', 'storefront');
      const far = await get(cluster('far+d1').api, 'configMap', 'storefront');
      expect([north, south, far].map((one) => at(one, 'data.region'))).toEqual(['north', 'south', 'far']);
      const replicas = await Promise.all(
        placed.api.map(async (name) =>
          at(await get(cluster(name).api, 'deployment', 'shop-api'), 'status.readyReplicas'),
        ),
      );
      expect(replicas).toEqual([2, 4, 2]);
      for (const name of placed.db) {
        const { api } = cluster(name);
        const secret = await get(api, 'secret', 'shop-db');
        expect(Buffer.from(textAt(secret, 'data.password'), 'base64').toString()).toBe('change-me');
        expect(at(await get(api, 'roleBinding', 'shop-db'), 'roleRef.name')).toBe('shop-db');
        expect(at(await get(api, 'backupPlan', 'shop-db'), 'spec.keep')).toBe(7);
      }
      for (const name of placed.api) await get(cluster(name).api, 'clusterRole', 'default-shop-api');
      expect(await find(cluster('core+c3').api, 'deployment', 'shop-api')).toBeNull();
    });

    it('says all of that in EMCO’s forms of a status', async () => {
      const deployed = await group.read('status?status=deployed');
      expect(deployed).toMatchObject({
        name: 'live',
        project: 'job',
        compositeProfile: 'production',
        deployedStatus: 'Instantiated',
      });
      const count = Object.values(first.live).reduce((sum, objects) => sum + Object.keys(objects).length, 0);
      // The label marks all but the CRD and its resource, which the list of kinds leaves out, on both clusters of db.
      expect(deployed['deployedCounts']).toEqual({ Applied: count + 4 });
      const ready = await group.read('status?status=ready&output=all');
      expect(ready).toMatchObject({
        deployedStatus: 'Instantiated',
        readyStatus: 'Ready',
        readyCounts: { Ready: count + 4 },
      });
      const shown = toClusters(ready);
      expect(shown.map(({ app, cluster }) => `${app}@${cluster}`)).toEqual(
        [...apps].sort().flatMap((app) => [...placed[app]].sort().map((cluster) => `${app}@${cluster}`)),
      );
      expect(new Set(shown.map(({ connectivity }) => connectivity))).toEqual(new Set(['Available']));
      const detail = await group.read('status?status=ready&output=detail&app=db&cluster=far%2Bd1');
      const resources = toClusters(detail).flatMap((one) => one.resources);
      const secret = resources.find((one) => textAt(one, 'GVK.Kind') === 'Secret');
      expect(secret).toMatchObject({
        name: 'shop-db',
        readyStatus: 'Ready',
        detail: { kind: 'Secret', data: { password: '(redacted)' } },
      });
      expect(JSON.stringify(detail)).not.toContain(Buffer.from('change-me').toString('base64'));
    });

    it('changes with one value only the files and objects that have it', async () => {
      const world = present();
      await writeValues(world, 'api', nextApi);
      await group.perform('update');
      const second = await takeSnapshot(world, gid);
      expect(await changedBetween(world.git, first.commit, second.commit)).toEqual(
        ['edge+c1', 'edge+c2'].map((name) => `deploy/${name}/${gid}/api/deployment.apps-default-shop-api.yaml`),
      );
      for (const name of allClusters) {
        const before = toVersions(first.objects[name]);
        const after = toVersions(second.objects[name]);
        const differing = Object.keys({ ...before, ...after }).filter((title) => before[title] !== after[title]);
        expect(differing, name).toEqual(placed.api.includes(name) ? ['deployments/shop-api'] : []);
      }
      for (const name of placed.api) expect(await image(name)).toBe(images.next);
    });

    it('prunes an object that its chart has no longer, and an app whose placement leaves a cluster', async () => {
      const world = present();
      const before = await world.git.head();
      await writeValues(world, 'db', withoutBudget);
      await writePlacement(world, 'web', ['edge+c1']);
      await group.perform('update');
      for (const name of placed.db) {
        expect(await find(world.cluster(name).api, 'disruptionBudget', 'shop-db')).toBeNull();
        expect(at(await get(world.cluster(name).api, 'statefulSet', 'shop-db'), 'status.readyReplicas')).toBe(2);
      }
      for (const name of ['edge+c2', 'far+d1'] as const) {
        const titles = (await listOwned(world.cluster(name).api, gid)).map(({ title }) => title);
        expect(titles.filter((title) => /web|storefront/.test(title))).toEqual([]);
        expect(titles).toContain('deployments/shop-api');
      }
      await get(world.cluster('edge+c1').api, 'deployment', 'shop-web');
      const steps = await stepsAfter(world.git, before);
      const agent = steps.findIndex(({ written }) => written.includes(`clusters/edge+c2/emco/${gid}.yaml`));
      const folder = steps.findIndex(({ removed }) =>
        removed.some((path) => path.startsWith(`deploy/edge+c2/${gid}/web/`)),
      );
      expect(agent).toBeGreaterThanOrEqual(0);
      expect(folder).toBeGreaterThan(agent);
    });

    it('goes back to revision 1 by a signal of the Temporal CLI: the same trees, the same objects', async () => {
      const world = present();
      const { temporal, namespace } = world.emco();
      const signal = ['--workflow-id', group.workflowId, '--name', 'rollback', '--input', '{"revision":1}'];
      const where = ['--address', temporal, '--namespace', namespace];
      await runCommand([await resolveTool('temporal'), 'workflow', 'signal', ...signal, ...where]);
      await group.untilDone('rollback');
      expect(await ownedFiles(world.git)).toEqual(first.files);
      const restored = await takeSnapshot(world, gid);
      expect(restored.live).toEqual(first.live);
      for (const name of placed.api) expect(await image(name)).toBe(images.first);
      expect(await group.phases()).toEqual({ Ready: 8 });
    });

    it('ends with a terminate that leaves the CRD, what is not emco’s, and nothing else', async () => {
      const world = present();
      const before = await world.git.head();
      await group.request('terminate');
      const order = await watchLeaving(world, group);
      await group.untilDone('terminate');
      for (const name of allClusters) {
        const { api } = world.cluster(name);
        expect(
          (await listOwned(api, gid)).map(({ title }) => title),
          name,
        ).toEqual([]);
        await get(api, 'configMap', 'foreign');
        expect((await api.get('/api/v1/namespaces/default')).status).toBe(200);
      }
      for (const name of fluxClusters) {
        const { api } = world.cluster(name);
        await get(api, 'configMap', 'operator');
        expect(await listNames(api, kustomizations), name).not.toContainEqual(expect.stringContaining(gid));
      }
      expect(await listNames(world.cluster(directCluster).api, inventories)).not.toContainEqual(
        expect.stringContaining(gid),
      );
      for (const name of placed.db) {
        await get(world.cluster(name).api, 'definition', 'backupplans.shop.emco.example');
        expect(await find(world.cluster(name).api, 'backupPlan', 'shop-db')).toBeNull();
      }
      expect(order).toEqual(['web', 'api', 'db']);
      expectRemovalInOrder(await stepsAfter(world.git, before), gid);
      expect(await ownedFiles(world.git)).toEqual({});
      expect(await group.read('status?status=deployed')).toMatchObject({ deployedStatus: 'Terminated' });
    });
  });
}

const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
const inventories = '/api/v1/namespaces/emco-system/configmaps';

const foreign = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'foreign', namespace: 'default' },
  data: { of: 'somebody' },
};
