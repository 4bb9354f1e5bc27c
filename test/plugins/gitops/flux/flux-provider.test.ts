import { createHash } from 'node:crypto';

import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import type { ClusterKey } from '#domain/group.ts';
import type { AgentRequest } from '#domain/ports/plugins.ts';
import { makeFluxProvider } from '#plugins/gitops/flux/index.ts';
import { describeGitopsProvider } from '#plugins/gitops/suite.ts';
import { toYaml } from '#plugins/yaml/index.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const provider = makeFluxProvider({ sha256, toYaml });
const gid = '1234567890123456789';

const toObjects = (text: string): readonly { metadata: { name: string }; spec: Record<string, unknown> }[] =>
  parseAllDocuments(text).map((one) => one.toJS() as { metadata: { name: string }; spec: Record<string, unknown> }); // ours

describeGitopsProvider('flux', {
  provider,
  readNames: (text) => toObjects(text).map(({ metadata }) => metadata.name),
});

const toRequest = (settings: Record<string, string>, apps: AgentRequest['apps']): AgentRequest => ({
  gid,
  cluster: 'edge+c1' as ClusterKey, // a key as users write it
  namespace: 'shop',
  settings: {
    type: 'fluxcd',
    url: 'https://git.example.org/fleet.git',
    branch: 'main',
    secrets: 'refuse',
    settings,
    referenceObject: 'ref',
    resourceObject: 'res',
  },
  apps,
});
const web = { app: 'web', hasMain: true, hasCrds: false, hasHooks: false };

it('writes a Kustomization on the source of the bootstrap', () => {
  expect(provider.agentFiles(toRequest({}, [web]))).toEqual([
    {
      path: `clusters/edge+c1/emco/${gid}.yaml`,
      text: `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  labels:
    emco/deployment-id: "${gid}-web"
  name: emco-${gid}-web
  namespace: flux-system
spec:
  deletionPolicy: WaitForTermination
  interval: 10m
  path: "./deploy/edge+c1/${gid}/web"
  prune: true
  retryInterval: "30s"
  sourceRef:
    kind: GitRepository
    name: flux-system
  wait: false
`,
    },
  ]);
});

it('keeps CRDs when the group goes', () => {
  const [file] = provider.agentFiles(toRequest({}, [{ app: 'web', hasMain: true, hasCrds: true, hasHooks: false }]));
  const [crds, main] = toObjects(file?.text ?? '');
  expect(crds?.metadata.name).toBe(`emco-${gid}-web-crds`);
  expect(crds?.spec).toMatchObject({
    prune: false,
    deletionPolicy: 'Orphan',
    path: `./deploy/edge+c1/${gid}/web.crds`,
  });
  expect(main?.spec).toMatchObject({ prune: true, deletionPolicy: 'WaitForTermination' });
});

it('makes a Job of an earlier run anew and takes away what a hook made when its object goes', () => {
  const [file] = provider.agentFiles(toRequest({}, [{ ...web, hasMain: false, hasHooks: true }]));
  const [hooks, ...others] = toObjects(file?.text ?? '');
  expect(others).toEqual([]);
  expect(hooks?.metadata.name).toBe(`emco-${gid}-web-hooks`);
  expect(hooks?.spec).toMatchObject({
    force: true,
    prune: true,
    deletionPolicy: 'WaitForTermination',
    path: `./deploy/edge+c1/${gid}/web.hooks`,
  });
});

it('takes times from the sync objects', () => {
  const [file] = provider.agentFiles(toRequest({ timeOut: '120', syncInterval: '60', retryInterval: '15' }, [web]));
  expect(toObjects(file?.text ?? '')[0]?.spec).toMatchObject({
    timeout: '120s',
    interval: '60s',
    retryInterval: '15s',
  });
});

it.each([
  [{ timeOut: 'soon' }, "sync object res key timeOut: expected seconds from 1 to 604800, found 'soon'"],
  [{ syncInterval: '0' }, "sync object res key syncInterval: expected seconds from 1 to 604800, found '0'"],
  [{ source: 'theirs' }, "sync object res key source: expected 'bootstrap' or 'own', found 'theirs'"],
  [{ source: 'own', secretRef: 'A b' }, 'sync object res key secretRef: expected the name of a Secret in flux-system'],
  [{ secretRef: 'creds' }, "sync object res key secretRef: expected a Secret only with source 'own', found 'creds'"],
])('refuses the settings %j by name', (settings, message) => {
  expect(() => provider.agentFiles(toRequest(settings, [web]))).toThrow(message);
});

it('makes a source of its own for the cluster where the sync objects say so', () => {
  const files = provider.agentFiles(toRequest({ source: 'own', secretRef: 'creds' }, [web]));
  const key = sha256('https://git.example.org/fleet.git#main').slice(0, 8);
  expect(files.map(({ path }) => path)).toEqual([
    `clusters/edge+c1/emco/${gid}.yaml`,
    `clusters/edge+c1/emco/source-${key}.yaml`,
  ]);
  expect(toObjects(files[0]?.text ?? '')[0]?.spec).toMatchObject({
    sourceRef: { kind: 'GitRepository', name: `emco-${key}` },
  });
  expect(toObjects(files[1]?.text ?? '')[0]).toMatchObject({
    kind: 'GitRepository',
    metadata: { name: `emco-${key}`, namespace: 'flux-system' },
    spec: { ref: { branch: 'main' }, secretRef: { name: 'creds' }, sparseCheckout: ['deploy/edge+c1'] },
  });
});

it('leaves the own source where it is when the group goes, for the other groups', () => {
  const files = provider.agentFiles(toRequest({ source: 'own' }, []));
  expect(files).toEqual([{ path: `clusters/edge+c1/emco/${gid}.yaml`, text: null }]);
});

it('never writes credentials of a URL into the cluster', () => {
  const request = toRequest({ source: 'own' }, [web]);
  const settings = { ...request.settings, url: 'https://me:secret@git.example.org/fleet.git' };
  expect(() => provider.agentFiles({ ...request, settings })).toThrow(/spec\.url/);
});

it('has the apps of a level 1 cloud applied by the account of the cloud, their CRDs too', () => {
  const [file] = provider.agentFiles({ ...toRequest({}, [{ ...web, hasCrds: true }]), tenant: '42' });
  const objects = toObjects(file?.text ?? '');
  expect(objects.map(({ spec }) => spec['serviceAccountName'])).toEqual(['emco-42', 'emco-42']);
  expect(provider.tenantAccount?.('42')).toEqual({ namespace: 'flux-system', name: 'emco-42' });
});

it('writes the same for a cluster whether it wrote for others before or not', () => {
  const parts = { hasMain: true, hasCrds: true, hasHooks: true };
  const apps = ['web', 'web-crds', 'emco-stand-in-of-the-cluster'].map((app) => ({ app, ...parts }));
  for (const settings of [{}, { interval: '3m' }]) {
    for (const cluster of ['edge+c1', 'edge+c2', 'edge+c 3', 'édge+c4', '1+2', `edge+${'c'.repeat(250)}`]) {
      const request = { ...toRequest(settings, apps), cluster: cluster as ClusterKey }; // keys as users write them
      const once = makeFluxProvider({ sha256, toYaml }).agentFiles(request);
      expect(provider.agentFiles(request)).toEqual(once);
      expect(once[0]?.text).toContain(`deploy/${cluster.slice(0, 200)}`);
    }
  }
});
