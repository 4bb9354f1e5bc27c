import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ClusterKey } from '#domain/group.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { deploymentLabelName, toDeploymentLabel } from '#domain/names.ts';
import { bootstrapFlux } from '#lab/bootstrap-flux.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { startFleet } from '#lab/fleet.ts';
import type { Fleet } from '#lab/fleet.ts';
import { makeFluxProvider } from '#plugins/gitops/flux/index.ts';
import type { AgentObjectQuery } from '#plugins/status/kubernetes/index.ts';
import { startGitClone } from '#test/support/git-clone.ts';
import type { GitClone } from '#test/support/git-clone.ts';
import { configMap, deployment, widget, widgetDefinition } from '#test/support/kubernetes-objects.ts';
import { isAllCurrent, sha256, startWatching, toExpected } from '#test/support/watching.ts';
import type { Watching } from '#test/support/watching.ts';

const gid = '1234567890123456789';
const clusterKey = 'edge+flux' as ClusterKey; // spelled as toClusterKey would
const provider = makeFluxProvider({ sha256, toYaml: (object) => stringify(object, { sortMapEntries: true }) });

let fleet: Fleet;
let cluster: LabCluster;
let git: GitClone;
let watching: Watching;

beforeAll(async () => {
  [fleet, git] = await Promise.all([startFleet({ clusters: [clusterKey], flux: true }), startGitClone()]);
  const [first] = fleet.clusters;
  if (first === undefined) throw new Error('expected a cluster, found none');
  cluster = first;
  watching = startWatching({ cluster: clusterKey, kubeconfig: cluster.kubeconfig, findAgentObject });
});
afterAll(async () => {
  await watching?.stop();
  await Promise.all([fleet?.stop(), git?.stop()]);
});

const findAgentObject = ({ gid, app, part, cluster }: AgentObjectQuery) => ({
  ...provider.agentObject(gid, app, part),
  folder: provider.folder({ gid, cluster, app, part }),
});

type App = { readonly app: string; readonly hasMain: boolean; readonly hasCrds: boolean; readonly hasHooks: boolean };
type Files = Record<string, string | null>;

const agentFiles = (...apps: readonly App[]): Files =>
  Object.fromEntries(
    provider
      .agentFiles({ gid, cluster: clusterKey, namespace: 'default', settings, apps })
      .map(({ path, text }) => [path, text]),
  );

const settings = {
  type: 'fluxcd',
  url: '',
  branch: 'main',
  secrets: 'refuse',
  settings: { retryInterval: '2' },
  referenceObject: '',
  resourceObject: '',
};

/** The files of one part of an app, each object marked as the app's. */
function content(app: string, part: 'main' | 'crds', ...objects: readonly KubernetesObject[]): Files {
  const folder = provider.folder({ gid, cluster: clusterKey, app, part });
  const labels = { [deploymentLabelName]: toDeploymentLabel(gid, app, sha256) };
  return Object.fromEntries(
    objects.map((object) => [
      `${folder}/${object.kind.toLowerCase()}.${object.metadata.name}.yaml`,
      stringify(part === 'crds' ? object : { ...object, metadata: { ...object.metadata, labels } }),
    ]),
  );
}

const web: App = { app: 'web', hasMain: true, hasCrds: false, hasHooks: false };
const shop: App = { app: 'shop', hasMain: true, hasCrds: true, hasHooks: false };
const expectWeb = (...objects: readonly KubernetesObject[]) =>
  toExpected({ gid, app: 'web', delivery: 'git' }, ...objects);

describe('watching a cluster on which Flux runs', () => {
  it('says that the sync is broken while the cluster is not bootstrapped', async () => {
    watching.expect(expectWeb(configMap('web')));
    const seen = await watching.until('web', () => true, 'anything');
    expect(seen).toMatchObject({ present: false, appliedRevision: '' });
    expect(seen.message).toBe('Cluster sync broken: Kustomization flux-system/flux-system is not there');
  });

  it('reports the commit that Flux applied and the health of what runs', async () => {
    const objects = [deployment('web'), configMap('web')];
    const commit = await git.push({ ...agentFiles(web), ...content('web', 'main', ...objects) });
    await bootstrapFlux(cluster, { gitUrl: git.url, username: 'flux', token: git.token });
    watching.expect(expectWeb(...objects));
    const ready = await watching.until('web', (one) => one.appliedRevision === commit && isAllCurrent(one), 'Ready');
    expect(ready).toMatchObject({ present: true, current: true, message: '' });
  });

  it('does not count the health of an earlier commit for a new one', async () => {
    const stuck = deployment('web', { image: 'example/web:2' });
    const spec = { ...specOf(stuck), template: { metadata: { labels: { app: 'web' } }, spec: unschedulable } };
    const commit = await git.push(content('web', 'main', { ...stuck, spec }));
    const seen = await watching.until('web', (one) => one.appliedRevision === commit, 'the new commit');
    expect(seen.resources.find((one) => one.kind === 'Deployment')?.status).toBe('InProgress');
    expect(watching.reports.filter((one) => one.appliedRevision === commit && isAllCurrent(one))).toEqual([]);
  });

  it('reports CRDs that Flux applies for an app on their own as well', async () => {
    const crd = widgetDefinition('flux.ex.io');
    const custom = widget('flux.ex.io', 'first', {});
    const files = { ...content('shop', 'crds', crd), ...content('shop', 'main', custom) };
    watching.expect(toExpected({ gid, app: 'shop', delivery: 'git' }, crd, custom));
    const commit = await git.push({ ...agentFiles(web, shop), ...files });
    const main = await watching.until('shop', (one) => one.appliedRevision === commit && isAllCurrent(one), 'Ready');
    expect(main.resources.map((one) => one.kind)).toEqual(['CustomResourceDefinition', 'Widget']);
    const crds = await watching.until('shop/crds', (one) => one.appliedRevision === commit, 'applied');
    expect(crds.resources.map((one) => [one.kind, one.status])).toEqual([['CustomResourceDefinition', 'Current']]);
  });

  it('tells what Flux says about content that it cannot apply', async () => {
    const folder = provider.folder({ gid, cluster: clusterKey, app: 'web', part: 'main' });
    watching.expect(expectWeb(configMap('web')));
    await git.push({
      [`${folder}/configmap.bad.yaml`]: stringify({ ...configMap('bad'), data: { key: { nested: 1 } } }),
    });
    const seen = await watching.until('web', (one) => one.message !== '', 'a message');
    expect(seen.message).toContain('ConfigMap/default/bad');
    await git.push({ [`${folder}/configmap.bad.yaml`]: null });
    await watching.until('web', (one) => one.message === '', 'no message any more');
  });

  it('does not take an agent object for current that somebody suspended on the cluster', async () => {
    const { name } = provider.agentObject(gid, 'web', 'main');
    const path = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/${name}`;
    const suspended = (suspend: boolean) => ({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name, namespace: 'flux-system' },
      spec: { suspend },
    });
    await cluster.api.apply(path, suspended(true));
    const seen = await watching.until('web', (one) => !one.current, 'not current');
    expect(seen.message).toBe('The Kustomization is suspended on the cluster');
    await cluster.api.apply(path, suspended(false));
    await watching.until('web', (one) => one.current, 'current');
  });

  it('says that the sync is broken for all apps when a file stops the root', async () => {
    const bad = `clusters/${clusterKey}/emco/broken.yaml`;
    watching.expect(
      expectWeb(configMap('web')),
      toExpected({ gid, app: 'other', delivery: 'git' }, configMap('other')),
    );
    await git.push({ [bad]: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Bad+Name\n  namespace: default\n' });
    const isBroken = ({ message }: { readonly message: string }) =>
      message.startsWith('Cluster sync broken: Kustomization flux-system/flux-system: ');
    await watching.until('web', isBroken, 'Cluster sync broken');
    await watching.until('other', isBroken, 'Cluster sync broken');
    await git.push({ [bad]: null });
    await watching.until('web', (one) => one.message === '', 'healed');
  });

  it('says that an app is gone when Flux has removed it', async () => {
    watching.expect(toExpected({ gid, app: 'web', delivery: 'git' }));
    await git.push(agentFiles(shop));
    await watching.until('web', (one) => !one.present, 'absent');
  });

  it('says that the sync is broken when the source cannot be fetched', async () => {
    watching.expect(toExpected({ gid, app: 'shop', delivery: 'git' }, widget('flux.ex.io', 'first', {})));
    await git.stopServer();
    const seen = await watching.until('shop', (one) => one.message !== '', 'a message');
    expect(seen.message).toContain('Cluster sync broken: GitRepository flux-system/flux-system: ');
    expect(seen.message).not.toContain(git.token);
  });
});

const specOf = (object: KubernetesObject) => object['spec'] as object; // the builder gives an object
const unschedulable = {
  containers: [{ name: 'main', image: 'example/web:2' }],
  nodeSelector: { 'no-such': 'node' },
};
