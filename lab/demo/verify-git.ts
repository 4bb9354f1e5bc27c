import { parse, parseAllDocuments } from 'yaml';

import type { Checks } from './checks.ts';
import { clusterNames, toAgentFile, toChangedFiles, toExpectedAgents, toExpectedFiles, toFolder } from './expected.ts';
import type { Repository } from './repository.ts';

export interface GitView {
  readonly repository: Repository;
  readonly commit: string;
  readonly gid: string;
  readonly checks: Checks;
}

/** Versions of the API's image before and after the update. */
export const images = { first: 'shop/api:2.0.7', next: 'shop/api:2.1.0' } as const;

/** The whole tree of a running group, and inside it every value that the intents ask for. */
export async function verifyRunning(view: GitView, image: string): Promise<void> {
  const { repository, commit, gid, checks } = view;
  const owned = [...(await repository.files(commit, 'deploy')), ...(await agentFiles(view))];
  checks.sameSet('files of emco in Git', owned, toExpectedFiles(gid));
  for (const cluster of clusterNames) await verifyAgents(view, cluster);
  await verifyValues(view, image);
  await verifyEveryManifest(view);
}

/** Agent files; what stands beside them in `clusters/` belongs to the operator. */
const agentFiles = async ({ repository, commit }: GitView): Promise<readonly string[]> =>
  (await repository.files(commit, 'clusters')).filter((path) => path.includes('/emco/'));

async function verifyAgents({ repository, commit, gid, checks }: GitView, cluster: string): Promise<void> {
  const text = await repository.text(commit, toAgentFile(cluster, gid));
  const names = parseAllDocuments(text).map((document) => String(document.getIn(['metadata', 'name'])));
  checks.sameSet(`Flux objects for ${cluster}`, names, toExpectedAgents(cluster, gid));
}

async function verifyValues({ repository, commit, gid, checks }: GitView, image: string): Promise<void> {
  const read = async (cluster: string, folder: 'db' | 'api' | 'web', file: string): Promise<Value> =>
    toValue(parse(await repository.text(commit, `${toFolder(cluster, gid, folder)}/${file}`)));
  const db = await read('core+c3', 'db', 'statefulset.apps-default-shop-db.yaml');
  const settings = await read('core+c3', 'db', 'configmap-default-shop-db.yaml');
  const c1 = await read('edge+c1', 'api', 'deployment.apps-default-shop-api.yaml');
  const c2 = await read('edge+c2', 'api', 'deployment.apps-default-shop-api.yaml');
  const web = await read('edge+c1', 'web', 'deployment.apps-default-shop-web.yaml');
  const banner = await read('edge+c1', 'web', 'configmap-default-shop-web.yaml');
  const north = await read('edge+c1', 'web', 'configmap-default-storefront.yaml');
  const core = await read('core+c3', 'web', 'configmap-default-storefront.yaml');
  const container = ['spec', 'template', 'spec', 'containers', 0, 'image'] as const;

  checks.same('profile: replicas of db', db('spec', 'replicas'), 2);
  checks.same(
    'profile: max_connections of db',
    /max_connections = '(\d+)'/.exec(String(settings('data', 'postgresql.conf')))?.[1],
    '200',
  );
  checks.same('profile: image of api on edge+c1', c1(...container), image);
  checks.same('profile: image of api on edge+c2', c2(...container), image);
  checks.same('override value: replicas of web', web('spec', 'replicas'), 3);
  checks.same('override value: banner of web', banner('data', 'banner.html'), '<p>Grand opening</p>');
  checks.same('chart: replicas of api on edge+c1', c1('spec', 'replicas'), 2);
  checks.same('customisation: replicas of api on edge+c2', c2('spec', 'replicas'), 4);
  checks.same('customisation: region on edge+c1', north('data', 'region'), 'north');
  checks.same('customisation: currency on edge+c1', north('data', 'currency'), 'EUR');
  checks.same('customisation: region on core+c3', core('data', 'region'), 'everywhere');
  checks.same('customisation: currency on core+c3', core('data', 'currency'), 'EUR,SEK');
  checks.same(
    'customisation: data file on core+c3',
    core('data', 'opening-hours.json'),
    '{"monday": "00-24", "saturday": "00-24"}\n',
  );
}

/** Label, namespace, and no trace of Helm's hooks: true of all manifests, so said once for all of them. */
async function verifyEveryManifest({ repository, commit, gid, checks }: GitView): Promise<void> {
  const paths = (await repository.files(commit, 'deploy')).filter((path) => path.endsWith('.yaml'));
  const wrong: string[] = [];
  for (const path of paths) {
    const text = await repository.text(commit, path);
    const object = toValue(parse(text));
    const folder = path.split('/')[3] ?? '';
    // A resource definition belongs to the cluster and to no group.
    const label = folder.endsWith('.crds') ? undefined : `${gid}-${folder}`;
    const isClusterScoped = /\/[^/-]+--[^/]*$/.test(path);
    const namespace = object('metadata', 'namespace');
    if (object('metadata', 'labels', 'emco/deployment-id') !== label) wrong.push(`${path}: label`);
    if (namespace !== (isClusterScoped ? undefined : 'default')) wrong.push(`${path}: namespace ${String(namespace)}`);
    if (/helm\.sh\/(hook|resource-policy)/.test(text)) wrong.push(`${path}: a Helm hook`);
  }
  checks.none(`wrong label, namespace or hook in ${paths.length} manifests`, wrong);
}

/** The update's commits: exactly the files that the new value reaches. */
export async function verifyUpdate(view: GitView, before: string): Promise<void> {
  const { repository, commit, gid, checks } = view;
  checks.sameSet('files that the update changed', await repository.changed(before, commit), toChangedFiles(gid));
}

/** Trees of all that the group owns, by cluster and part. */
export async function readTrees(
  { repository, gid }: GitView,
  commit: string,
): Promise<Readonly<Record<string, string>>> {
  const trees: Record<string, string> = {};
  for (const cluster of clusterNames) {
    for (const folder of [`deploy/${cluster}/${gid}`, `clusters/${cluster}/emco`]) {
      trees[folder] = await repository.tree(commit, folder);
    }
  }
  return trees;
}

/** After terminate: nothing of emco, everything of the operator. */
export async function verifyGone(view: GitView, bootstrap: readonly string[]): Promise<void> {
  const { repository, commit, checks } = view;
  const left = [...(await repository.files(commit, 'deploy')), ...(await agentFiles(view))];
  checks.none('files of emco left in Git', left);
  checks.sameSet('files of the operator', await repository.files(commit, 'clusters'), bootstrap);
}

type Value = (...path: readonly (string | number)[]) => unknown;

/** Reads a member of parsed YAML by its path; undefined where there is none. */
function toValue(root: unknown): Value {
  return (...path) => {
    let value = root;
    for (const step of path) {
      value =
        typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(String(step)) : undefined;
    }
    return value;
  };
}
