/** A group of one app whose chart has a hook for every event, and what its hooks left on a cluster. */
import type { JsonObject } from '#domain/json.ts';
import { named, onClusters, send } from '#test/e2e/main-job/documents.ts';
import { Group } from '#test/e2e/main-job/group.ts';
import { find, get, listNames, paths, textAt } from '#test/e2e/main-job/live.ts';
import type { ClusterName, World } from '#test/e2e/main-job/world.ts';
import { makeTarGz } from '#test/support/make-archive.ts';

const root = '/projects/job/composite-apps';
const version = `${root}/hooked/v1`;
export const release = 'hooked';

const events = ['install', 'upgrade', 'rollback', 'delete'].flatMap((one) => [`pre-${one}`, `post-${one}`]);

interface Hook {
  readonly name: string;
  readonly event: string;
  readonly more?: string;
  readonly spec?: string;
}

const job = ({ name, event, more = '', spec = '' }: Hook): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${name}
  annotations:
    helm.sh/hook: ${event}
${more}spec:
  ttlSecondsAfterFinished: 1
  backoffLimit: 0
${spec}  template:
    spec:
      restartPolicy: Never
      {{- with .Values.zone }}
      nodeSelector: {zone: {{ . }}}
      {{- end }}
      containers: [{name: main, image: "hooked/main:{{ .Values.colour }}"}]
`;

const weight = (value: number): string => `    helm.sh/hook-weight: "${value}"\n`;
const policy = (value: string): string => `    helm.sh/hook-delete-policy: ${value}\n`;

const account = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-migrator
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
${weight(-5)}`;

const testPod = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations: {helm.sh/hook: test}
spec:
  containers: [{name: main, image: hooked/test}]
`;

const configMap = (name: string, annotations: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}${name}
  annotations: {${annotations}}
data: {colour: {{ .Values.colour }}}
`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers: [{name: main, image: "hooked/main:{{ .Values.colour }}"}]
`;

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.hooks.example}
spec:
  group: hooks.example
  scope: Namespaced
  names: {kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

const gadget = `apiVersion: hooks.example/v1
kind: Gadget
metadata:
  name: {{ .Release.Name }}
size: 1
`;

const deadline = '  {{- with .Values.deadline }}\n  activeDeadlineSeconds: {{ . }}\n  {{- end }}\n';

const templates: Readonly<Record<string, string>> = {
  account,
  'test-pod': testPod,
  deployment,
  main: configMap('', ''),
  gadget,
  kept: `{{- if .Values.keep }}\n${configMap('-kept', 'helm.sh/resource-policy: keep')}{{- end }}\n`,
  once: job({ name: 'once', event: 'post-install,post-upgrade', more: weight(9) + policy('hook-succeeded') }),
  gone: job({ name: 'gone', event: 'pre-upgrade', more: weight(-9) + policy('hook-failed'), spec: deadline }),
  ...Object.fromEntries(events.map((event) => [event, job({ name: event, event })])),
};

const chart = (): Promise<Buffer> =>
  makeTarGz([
    { name: 'one/Chart.yaml', text: 'apiVersion: v2\nname: one\nversion: 0.1.0\n' },
    { name: 'one/values.yaml', text: 'colour: red\nzone: ""\ndeadline: 0\nkeep: true\n' },
    { name: 'one/crds/gadgets.yaml', text: definition },
    ...Object.entries(templates).map(([name, text]) => ({ name: `one/templates/${name}.yaml`, text })),
  ]);

/** `zone`: hooks run only where a node has this label; `deadline`: seconds after which the first of them gives up. */
export interface Values {
  readonly colour: string;
  readonly zone?: string;
  readonly deadline?: number;
  readonly keep?: boolean;
}

const toProfile = (values: Values): Promise<Buffer> =>
  makeTarGz([
    { name: 'manifest.yaml', text: 'version: v1\ntype:\n  values: override_values.yaml\n' },
    { name: 'override_values.yaml', text: JSON.stringify(values) },
  ]);

/** The composite application, its profile, once. */
export async function writeHookedApp({ api }: World): Promise<void> {
  const post = (path: string, json: object) => send(api, 'post', { path, json });
  await post(root, named('hooked', { compositeAppVersion: 'v1' }));
  const files = [['file', 'one.tgz', await chart()]] as const;
  await send(api, 'post', { path: `${version}/apps`, metadata: named('one'), files });
  await post(`${version}/composite-profiles`, named('cp'));
  const profile = [['file', 'profile.tgz', await toProfile({ colour: 'red' })]] as const;
  const profiles = `${version}/composite-profiles/cp/profiles`;
  await send(api, 'post', { path: profiles, metadata: named('one', { app: 'one' }), files: profile });
}

/** A group with a release of its name. */
export async function writeHookedGroup(
  { api }: World,
  { name, clusters }: { readonly name: string; readonly clusters: readonly ClusterName[] },
): Promise<Group> {
  const post = (path: string, json: object) => send(api, 'post', { path, json });
  const spec = { compositeProfile: 'cp', version: name, logicalCloud: 'everywhere', overrideValues: [] };
  await post(`${version}/deployment-intent-groups`, named(name, spec));
  const path = `${version}/deployment-intent-groups/${name}`;
  await post(`${path}/generic-placement-intents`, named('placement'));
  await post(`${path}/generic-placement-intents/placement/app-intents`, onClusters('one', clusters));
  await post(`${path}/intents`, named('all', { intent: { genericPlacementIntent: 'placement' } }));
  const group = new Group(api, { compositeApp: 'hooked', name });
  await group.request('approve');
  return group;
}

export async function writeValues({ api }: World, values: Values): Promise<void> {
  const files = [['file', 'profile.tgz', await toProfile(values)]] as const;
  const path = `${version}/composite-profiles/cp/profiles/one`;
  await send(api, 'put', { path, metadata: named('one', { app: 'one' }), files });
}

/** Names of the Jobs that are on a cluster, without the release's. */
export async function jobs(world: World, cluster: ClusterName): Promise<readonly string[]> {
  const names = await listNames(world.cluster(cluster).api, paths.job.slice(0, -1));
  return names.map((name) => name.replace(`${release}-`, '')).toSorted();
}

export const getJob = (world: World, cluster: ClusterName, name: string): Promise<JsonObject> =>
  get(world.cluster(cluster).api, 'job', `${release}-${name}`);

export const findJob = (world: World, cluster: ClusterName, name: string): Promise<JsonObject | null> =>
  find(world.cluster(cluster).api, 'job', `${release}-${name}`);

export const runOf = (object: JsonObject | null): string => textAt(object, 'metadata.annotations.emco/hook-run');

export const uidOf = (object: JsonObject | null): string => textAt(object, 'metadata.uid');
export const madeAt = (object: JsonObject | null): number => Date.parse(textAt(object, 'metadata.creationTimestamp'));
export const endedAt = (object: JsonObject | null): number => Date.parse(textAt(object, 'status.completionTime'));
