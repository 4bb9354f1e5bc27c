/** Puts the documents of a composite application and its clusters into an API, as a user would. */
import type { Answer, Caller } from './api-client.ts';
import { makeTarGz } from './make-archive.ts';

export interface Repository {
  readonly url: string;
  readonly user: string;
  readonly token: string;
}

export interface FleetSeed {
  readonly provider: string;
  readonly clusters: readonly string[];
  readonly repository: Repository;
  /** `plain` lets Secrets into Git. */
  readonly secrets?: string;
}

export interface AppSeed {
  readonly name: string;
  readonly chart: Uint8Array;
  /** Apps that must be Ready before. */
  readonly after?: readonly string[];
  /** Values that override the chart's, by the group. */
  readonly values?: Readonly<Record<string, string>>;
  /** Label of the clusters that get it; default: `all`. */
  readonly label?: string;
}

export interface GroupSeed {
  readonly project: string;
  readonly compositeApp: string;
  readonly version: string;
  readonly group: string;
  readonly provider: string;
  readonly cloud: string;
  readonly release: string;
  readonly apps: readonly AppSeed[];
  /** A ConfigMap of this app that differs on every one of these clusters. */
  readonly differences?: { readonly app: string; readonly clusters: readonly string[] };
}

const atOnce = 8;

async function expectCreated(answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`seeding: expected a document to be created, found ${status} ${text}`);
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(work));
}

export async function seedFleet(call: Caller, seed: FleetSeed): Promise<void> {
  const provider = `/v2/cluster-providers/${seed.provider}`;
  await expectCreated(call.post('/v2/cluster-providers', { json: { metadata: { name: seed.provider } } }));
  const { url, user, token } = seed.repository;
  const kv = [{ gitType: 'git' }, { userName: user }, { gitToken: token }, { repoName: 'emco' }, { branch: 'main' }];
  const secrets = seed.secrets === undefined ? [] : [{ secrets: seed.secrets }];
  const json = { metadata: { name: 'git' }, spec: { kv: [...kv, { url }, ...secrets] } };
  await expectCreated(call.post(`${provider}/cluster-sync-objects`, { json }));
  await inTurns(seed.clusters, (name) => seedCluster(call, seed.provider, name));
}

async function seedCluster(call: Caller, providerName: string, name: string): Promise<void> {
  const clusters = `/v2/cluster-providers/${providerName}/clusters`;
  const gitOps = { gitOpsType: 'fluxcd', gitOpsReferenceObject: 'git', gitOpsResourceObject: 'git' };
  await expectCreated(call.post(clusters, { metadata: { metadata: { name }, spec: { gitOps } } }));
  await expectCreated(call.post(`${clusters}/${name}/labels`, { json: { clusterLabel: 'all' } }));
}

export async function seedCloud(
  call: Caller,
  {
    project,
    cloud,
    provider,
    clusters,
  }: { project: string; cloud: string; provider: string; clusters: readonly string[] },
): Promise<void> {
  await expectCreated(call.post('/v2/projects', { json: { metadata: { name: project } } }));
  const clouds = `/v2/projects/${project}/logical-clouds`;
  await expectCreated(call.post(clouds, { json: { metadata: { name: cloud }, spec: { level: '0' } } }));
  await inTurns(clusters, (name) => {
    const spec = { clusterProvider: provider, cluster: name, loadBalancerIP: '0.0.0.0' };
    const json = { metadata: { name: `ref-${name}`.slice(0, 128) }, spec };
    return expectCreated(call.post(`${clouds}/${cloud}/cluster-references`, { json }));
  });
  await expectCreated(call.post(`${clouds}/${cloud}/instantiate`));
}

export const toGroupPath = ({
  project,
  compositeApp,
  version,
  group,
}: Omit<GroupSeed, 'apps' | 'provider' | 'cloud' | 'release'>): string =>
  `/v2/projects/${project}/composite-apps/${compositeApp}/${version}/deployment-intent-groups/${group}`;

/** Composite application, apps, profiles, group and intents; not approved yet. */
export async function seedGroup(call: Caller, seed: GroupSeed): Promise<string> {
  const applications = `/v2/projects/${seed.project}/composite-apps`;
  const base = `${applications}/${seed.compositeApp}/${seed.version}`;
  const application = { metadata: { name: seed.compositeApp }, spec: { compositeAppVersion: seed.version } };
  await expectCreated(call.post(applications, { json: application }));
  for (const app of seed.apps) {
    const files = [['file', `${app.name}.tgz`, app.chart]] as const;
    await expectCreated(call.post(`${base}/apps`, { metadata: { metadata: { name: app.name } }, files }));
  }
  for (const app of seed.apps) {
    for (const other of app.after ?? []) {
      const json = { metadata: { name: `after-${other}`.slice(0, 128) }, spec: { app: other, opStatus: 'Ready' } };
      await expectCreated(call.post(`${base}/apps/${app.name}/dependency`, { json }));
    }
  }
  await seedProfiles(call, base, seed);
  return seedIntents(call, base, seed);
}

async function seedProfiles(call: Caller, base: string, { apps }: GroupSeed): Promise<void> {
  await expectCreated(call.post(`${base}/composite-profiles`, { json: { metadata: { name: 'profile' } } }));
  const profile = await makeTarGz([
    { name: 'manifest.yaml', text: 'version: v1\ntype:\n  values: override_values.yaml\n' },
    { name: 'override_values.yaml', text: '{}\n' },
  ]);
  for (const { name } of apps) {
    const metadata = { metadata: { name }, spec: { app: name } };
    const files = [['file', 'profile.tgz', profile]] as const;
    await expectCreated(call.post(`${base}/composite-profiles/profile/profiles`, { metadata, files }));
  }
}

/** The group and its intents, where the composite application is there; `base` is that one's path. */
export async function seedIntents(call: Caller, base: string, seed: GroupSeed): Promise<string> {
  const overrideValues = seed.apps.flatMap(({ name, values }) => (values === undefined ? [] : [{ app: name, values }]));
  const spec = { compositeProfile: 'profile', version: seed.release, logicalCloud: seed.cloud, overrideValues };
  await expectCreated(
    call.post(`${base}/deployment-intent-groups`, { json: { metadata: { name: seed.group }, spec } }),
  );
  const group = toGroupPath(seed);
  await expectCreated(call.post(`${group}/generic-placement-intents`, { json: { metadata: { name: 'placement' } } }));
  for (const { name, label = 'all' } of seed.apps) {
    const intent = { allOf: [{ clusterProvider: seed.provider, clusterLabel: label }] };
    const json = { metadata: { name }, spec: { app: name, intent } };
    await expectCreated(call.post(`${group}/generic-placement-intents/placement/app-intents`, { json }));
  }
  await seedDifferences(call, group, seed);
  const gac = seed.differences === undefined ? {} : { gac: 'differences' };
  const json = { metadata: { name: 'all' }, spec: { intent: { genericPlacementIntent: 'placement', ...gac } } };
  await expectCreated(call.post(`${group}/intents`, { json }));
  return group;
}

async function seedDifferences(call: Caller, group: string, { differences, provider }: GroupSeed): Promise<void> {
  if (differences === undefined) return;
  const { app, clusters } = differences;
  await call.post('/v2/controllers', {
    json: { metadata: { name: 'gac' }, spec: { host: 'built-in', port: 9033, type: 'action', priority: 1 } },
  });
  const intents = `${group}/generic-k8s-intents`;
  await expectCreated(call.post(intents, { json: { metadata: { name: 'differences' } } }));
  const resourceGVK = { apiVersion: 'v1', kind: 'ConfigMap', name: 'where' };
  const metadata = { metadata: { name: 'where' }, spec: { app, newObject: 'true', resourceGVK } };
  const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: where\ndata:\n  cluster: nowhere\n';
  await expectCreated(
    call.post(`${intents}/differences/resources`, { metadata, files: [['file', 'where.yaml', template]] }),
  );
  await inTurns(clusters, (cluster) => {
    const clusterInfo = { scope: 'name', clusterProvider: provider, cluster, mode: 'allow' };
    const patchJson = [{ op: 'replace', path: '/data/cluster', value: cluster }];
    const spec = { clusterSpecific: 'true', clusterInfo, patchType: 'json', patchJson };
    const document = { metadata: { name: cluster }, spec };
    return expectCreated(
      call.post(`${intents}/differences/resources/where/customizations`, {
        metadata: document,
        files: [['files', 'unused.txt', 'unused']],
      }),
    );
  });
}

export interface ChartSeed {
  /** Values by name; every one of them lands in the ConfigMap. */
  readonly values?: Readonly<Record<string, string>>;
  /** Text of a Secret's only key. */
  readonly secret?: string;
  /** Name of the ConfigMap; default `<release>-<app>`. */
  readonly configMap?: string;
}

/** A chart of a ConfigMap, a Deployment and perhaps a Secret. */
export function makeAppChart(name: string, { values = {}, secret, configMap }: ChartSeed = {}): Promise<Buffer> {
  const objectName = configMap ?? `{{ .Release.Name }}-${name}`.slice(0, 80);
  const pairs = Object.keys(values)
    .map((key) => `  ${key}: {{ .Values.${key} | quote }}\n`)
    .join('');
  const meta = (kind: string, version: string): string =>
    `apiVersion: ${version}\nkind: ${kind}\nmetadata:\n  name: ${objectName}\n`;
  const labels = `{ app: ${name.slice(0, 40)} }`;
  const pod = `    metadata: { labels: ${labels} }\n    spec:\n      containers: [{ name: main, image: "example/${name.slice(0, 40)}:{{ .Values.tag }}" }]\n`;
  return makeTarGz([
    { name: `${name}/Chart.yaml`, text: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n` },
    { name: `${name}/values.yaml`, text: `${JSON.stringify({ tag: '1', ...values })}\n` },
    {
      name: `${name}/templates/config.yaml`,
      text: `${meta('ConfigMap', 'v1')}data:\n  app: ${name}\n  tag: {{ .Values.tag | quote }}\n${pairs}`,
    },
    {
      name: `${name}/templates/deployment.yaml`,
      text: `${meta('Deployment', 'apps/v1')}spec:\n  replicas: 1\n  selector: { matchLabels: ${labels} }\n  template:\n${pod}`,
    },
    ...(secret === undefined
      ? []
      : [{ name: `${name}/templates/secret.yaml`, text: `${meta('Secret', 'v1')}stringData:\n  key: ${secret}\n` }]),
  ]);
}
