/** Groups of one small app, for stories that go wrong: each is its own release, so that they don't meet. */
import { makeTarGz } from '#test/support/make-archive.ts';
import { named, onClusters, send } from './documents.ts';
import { Group } from './group.ts';
import type { ClusterName, World } from './world.ts';

const root = '/projects/job/composite-apps';
const version = `${root}/small/v1`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      {{- with .Values.zone }}
      nodeSelector: {zone: {{ . }}}
      {{- end }}
      containers: [{name: main, image: "small/main:{{ .Values.tag }}"}]
`;

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data: {colour: {{ .Values.colour }}, tag: {{ .Values.tag | quote }}}
`;

const chart = (): Promise<Buffer> =>
  makeTarGz([
    { name: 'one/Chart.yaml', text: 'apiVersion: v2\nname: one\nversion: 0.1.0\n' },
    { name: 'one/values.yaml', text: 'replicas: 1\nzone: ""\ntag: "1"\ncolour: red\n' },
    { name: 'one/templates/deployment.yaml', text: deployment },
    { name: 'one/templates/configmap.yaml', text: configMap },
  ]);

/** Members of the chart's values: replicas, zone, tag, colour. */
export type Values = Readonly<Record<string, string | number>>;

const toProfile = (values: Values): Promise<Buffer> =>
  makeTarGz([
    { name: 'manifest.yaml', text: 'version: v1\ntype:\n  values: override_values.yaml\n' },
    { name: 'override_values.yaml', text: JSON.stringify(values) },
  ]);

/** The composite application, once. */
export async function writeSmallApp({ api }: World): Promise<void> {
  await send(api, 'post', { path: root, json: named('small', { compositeAppVersion: 'v1' }) });
  const files = [['file', 'one.tgz', await chart()]] as const;
  await send(api, 'post', { path: `${version}/apps`, metadata: named('one'), files });
}

export interface SmallGroup {
  /** Of the group, of its release, and of all its objects. */
  readonly name: string;
  readonly clusters: readonly ClusterName[];
  readonly values?: Values;
}

export async function writeSmallGroup({ api }: World, { name, clusters, values = {} }: SmallGroup): Promise<Group> {
  const post = (path: string, json: object) => send(api, 'post', { path, json });
  await post(`${version}/composite-profiles`, named(name));
  const files = [['file', 'profile.tgz', await toProfile(values)]] as const;
  const profiles = `${version}/composite-profiles/${name}/profiles`;
  await send(api, 'post', { path: profiles, metadata: named('one', { app: 'one' }), files });
  const spec = { compositeProfile: name, version: name, logicalCloud: 'everywhere', overrideValues: [] };
  await post(`${version}/deployment-intent-groups`, named(name, spec));
  const path = `${version}/deployment-intent-groups/${name}`;
  await post(`${path}/generic-placement-intents`, named('placement'));
  await post(`${path}/generic-placement-intents/placement/app-intents`, onClusters('one', clusters));
  await post(`${path}/intents`, named('all', { intent: { genericPlacementIntent: 'placement' } }));
  const group = new Group(api, { compositeApp: 'small', name });
  await group.request('approve');
  return group;
}

export async function writeSmallValues({ api }: World, name: string, values: Values): Promise<void> {
  const path = `${version}/composite-profiles/${name}/profiles/one`;
  const files = [['file', 'profile.tgz', await toProfile(values)]] as const;
  await send(api, 'put', { path, metadata: named('one', { app: 'one' }), files });
}
