/** The multipart bodies of the recording, which it leaves out; by line. */
import { makeChart, makeProfile } from '#test/support/make-archive.ts';
import type { Call } from '#test/support/api-client.ts';

export type Upload = Pick<Call, 'metadata' | 'files'>;

const gitCluster = (name: string, gitOps: object): Upload => ({
  metadata: { metadata: { name }, spec: { gitOps } },
});

const syncObjects = (type: string, reference: string, resource: string) => ({
  gitOpsType: type,
  gitOpsReferenceObject: reference,
  gitOpsResourceObject: resource,
});

const resource = (name: string, kind: string, newObject = 'true') => ({
  metadata: { name },
  spec: { app: 'a1', newObject, resourceGVK: { apiVersion: 'v1', kind, name: 'cm' } },
});

const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\ndata:\n  a: b\n';

const customization = (name: string, spec: object): Upload => ({ metadata: { metadata: { name }, spec } });

const everywhere = { scope: 'name', clusterProvider: 'cp1', cluster: 'c1', mode: 'deny' };

export async function makeUploads(): Promise<ReadonlyMap<number, Upload>> {
  const kubeconfig = ['file', 'kubeconfig', 'a kubeconfig'] as const;
  const chart = ['file', 'chart.tgz', await makeChart('other')] as const;
  const profile = ['file', 'profile.tgz', await makeProfile()] as const;
  const broken = ['file', 'broken.tgz', 'no archive'] as const;
  const app = (name: string) => ({ metadata: { metadata: { name } } });
  const profileOf = (name: string, of: string) => ({ metadata: { metadata: { name }, spec: { app: of } } });
  return new Map<number, Upload>([
    [64, { metadata: { metadata: { name: 'c1' } }, files: [kubeconfig] }],
    [65, { metadata: { metadata: { name: 'c1' } } }],
    [66, { files: [kubeconfig] }],
    [67, { metadata: '{bad', files: [kubeconfig] }],
    [69, { metadata: { metadata: { name: 'c1' } }, files: [kubeconfig] }],
    [70, { metadata: { metadata: { name: 'c1' } }, files: [kubeconfig] }],
    [71, { metadata: { metadata: { name: 'c1' } }, files: [kubeconfig] }],
    [102, gitCluster('g1', syncObjects('fluxcd', 'so1', 'so1'))],
    [103, gitCluster('g2', syncObjects('fluxcd', 'nosuch', 'so1'))],
    [104, gitCluster('g3', syncObjects('bogus', 'so1', 'so1'))],
    [105, gitCluster('g4', syncObjects('fluxcd', '', ''))],
    [160, { ...app('a1'), files: [chart] }],
    [161, { ...app('a1'), files: [chart] }],
    [162, app('a2')],
    [163, { ...app('a3'), files: [broken] }],
    [164, { files: [chart] }],
    [166, { ...app('a4'), files: [chart] }],
    [167, { ...app('a5'), files: [chart] }],
    [188, { ...profileOf('pr1', 'a1'), files: [profile] }],
    [189, { ...profileOf('pr1', 'a1'), files: [profile] }],
    [190, { ...profileOf('pr1b', 'a1'), files: [profile] }],
    [191, { ...profileOf('pr2', 'nosuch'), files: [profile] }],
    [192, { ...profileOf('pr3', 'a1'), files: [profile] }],
    [193, { ...profileOf('pr4', 'a5'), files: [broken] }],
    [194, { ...profileOf('pr5', 'a5'), files: [profile] }],
    [266, { metadata: resource('r1', 'ConfigMap'), files: [['file', 'cm.yaml', template]] }],
    [267, { metadata: resource('r1', 'ConfigMap'), files: [['file', 'cm.yaml', template]] }],
    [268, { metadata: resource('r2', 'ConfigMap', 'maybe'), files: [['file', 'cm.yaml', template]] }],
    [269, { metadata: resource('r3', 'Secret') }],
    [270, { metadata: resource('r4', 'ConfigMap') }],
    [271, { metadata: { metadata: { name: 'r5' }, spec: { app: 'a1', newObject: 'true', resourceGVK: {} } } }],
    [272, customization('k1', { clusterSpecific: 'false' })],
    [273, customization('k2', { clusterSpecific: 'false', clusterInfo: { ...everywhere, scope: 'bogus' } })],
    [274, customization('k3', { clusterSpecific: 'false', clusterInfo: everywhere, patchType: 'bogus' })],
    [275, customization('k4', { clusterSpecific: 'false', clusterInfo: everywhere })],
  ]);
}
