/** Two versions of a composite application whose charts have a hook for every event, each with a group of one release. */
import { named, onClusters, send } from '#test/e2e/main-job/documents.ts';
import { Group } from '#test/e2e/main-job/group.ts';
import type { ClusterName, World } from '#test/e2e/main-job/world.ts';
import { makeTarGz } from '#test/support/make-archive.ts';

const root = '/projects/job/composite-apps';
export const release = 'moved';

/** Colour of each app's objects. */
export const versions = {
  v1: { same: 'red', changed: 'red', gone: 'red' },
  v2: { same: 'red', changed: 'blue', new: 'blue' },
} as const;
export type Version = keyof typeof versions;

const toJob = (event: string): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}-${event}
  annotations: {helm.sh/hook: ${event}}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "moved/hook:{{ .Values.colour }}"}]
`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
spec:
  selector: {matchLabels: {app: {{ .Chart.Name }}}}
  template:
    metadata: {labels: {app: {{ .Chart.Name }}}}
    spec:
      containers: [{name: main, image: "moved/main:{{ .Values.colour }}"}]
`;

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
data: {colour: {{ .Values.colour }}}
`;

const toChart = (app: string, colour: string): Promise<Buffer> =>
  makeTarGz([
    { name: `${app}/Chart.yaml`, text: `apiVersion: v2\nname: ${app}\nversion: 0.1.0\n` },
    { name: `${app}/values.yaml`, text: `colour: ${colour}\n` },
    { name: `${app}/templates/deployment.yaml`, text: deployment },
    { name: `${app}/templates/configmap.yaml`, text: configMap },
    ...['install', 'upgrade', 'rollback', 'delete']
      .flatMap((one) => [`pre-${one}`, `post-${one}`])
      .map((event) => ({ name: `${app}/templates/${event}.yaml`, text: toJob(event) })),
  ]);

/** The composite application of this version and its group `of-<version>`, approved. */
export async function writeVersion(
  { api }: World,
  { version, clusters }: { readonly version: Version; readonly clusters: readonly ClusterName[] },
): Promise<Group> {
  const post = (path: string, json: object) => send(api, 'post', { path, json });
  const place = `${root}/moved/${version}`;
  const colours = Object.entries(versions[version]);
  await post(root, named('moved', { compositeAppVersion: version }));
  for (const [app, colour] of colours) {
    const files = [['file', `${app}.tgz`, await toChart(app, colour)]] as const;
    await send(api, 'post', { path: `${place}/apps`, metadata: named(app), files });
  }
  await post(`${place}/composite-profiles`, named('cp'));
  const name = `of-${version}`;
  const spec = { compositeProfile: 'cp', version: release, logicalCloud: 'everywhere', overrideValues: [] };
  await post(`${place}/deployment-intent-groups`, named(name, spec));
  const path = `${place}/deployment-intent-groups/${name}`;
  await post(`${path}/generic-placement-intents`, named('placement'));
  for (const [app] of colours) {
    await post(`${path}/generic-placement-intents/placement/app-intents`, onClusters(app, clusters));
  }
  await post(`${path}/intents`, named('all', { intent: { genericPlacementIntent: 'placement' } }));
  const group = new Group(api, { compositeApp: 'moved', version, name });
  await group.request('approve');
  return group;
}
