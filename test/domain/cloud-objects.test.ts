import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CloudInputs, isWithinCloud, toCloudObjects, toCloudUser } from '#domain/cloud-objects.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const lcid = '1234567890123456789';
const cloud: CloudInputs = {
  name: 'shop',
  lcid,
  namespace: 'shop-ns',
  labels: { tier: 'gold' },
  userName: 'user-1',
  permissions: [
    { name: 'own', namespace: 'shop-ns', apiGroups: ['', 'apps'], resources: ['pods'], verbs: ['get', 'list'] },
    { name: 'Nodes', namespace: '', apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  ],
  quotas: [{ name: 'small', hard: { pods: '5', 'limits.ephemeral.storage': '1Gi' } }],
};
const account = { by: 'serviceAccount', namespace: 'flux-system', name: `emco-${lcid}` } as const;
const title = ({ kind, metadata }: { kind: string; metadata: { name: string; namespace?: string } }): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

describe('the objects of a level 1 cloud', () => {
  it('are its namespace, a quota per document, and a role and binding per permission', () => {
    expect(toCloudObjects(cloud, { by: 'certificate' }, sha256).map(title)).toEqual([
      'Namespace /shop-ns',
      'ResourceQuota shop-ns/small',
      `Role shop-ns/emco-${lcid}-own`,
      `RoleBinding shop-ns/emco-${lcid}-own`,
      `ClusterRole /emco-${lcid}-nodes-${sha256('Nodes').slice(0, 8)}`,
      `ClusterRoleBinding /emco-${lcid}-nodes-${sha256('Nodes').slice(0, 8)}`,
    ]);
  });

  it('bind the service account that they contain, where an agent applies by it', () => {
    const objects = toCloudObjects(cloud, account, sha256);
    expect(objects[1]).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: `emco-${lcid}`, namespace: 'flux-system' },
    });
    for (const binding of objects.filter(({ kind }) => kind.endsWith('Binding'))) {
      expect(binding['subjects']).toContainEqual({
        kind: 'ServiceAccount',
        namespace: 'flux-system',
        name: `emco-${lcid}`,
      });
    }
  });

  it('bind a user that no other cloud and nobody of Kubernetes can be', () => {
    const binding = toCloudObjects(cloud, { by: 'certificate' }, sha256).find(({ kind }) => kind === 'RoleBinding');
    expect(binding?.['subjects']).toContainEqual({
      kind: 'User',
      apiGroup: 'rbac.authorization.k8s.io',
      name: `emco:${lcid}:user-1`,
    });
    expect(toCloudUser({ lcid: '9', userName: 'user-1' })).not.toBe(toCloudUser(cloud));
  });

  it('spell a quota as Kubernetes does where EMCO’s spelling is refused', () => {
    const quota = toCloudObjects(cloud, account, sha256).find(({ kind }) => kind === 'ResourceQuota');
    expect(quota?.['spec']).toEqual({ hard: { pods: '5', 'limits.ephemeral-storage': '1Gi' } });
  });

  it('keep a namespace without labels free of an empty list', () => {
    const [namespace] = toCloudObjects({ ...cloud, labels: {} }, account, sha256);
    expect(namespace?.metadata).toEqual({ name: 'shop-ns' });
  });
});

describe('what an app may put where', () => {
  it.each([
    ['shop', ['shop'], true],
    ['kube-system', ['shop'], false],
    ['', ['shop'], false],
    ['', ['', 'shop'], true],
    ['other', [''], true],
  ] as const)('in namespace "%s" with permissions for %j is %s', (namespace, permitted, expected) => {
    expect(isWithinCloud(namespace, permitted)).toBe(expected);
  });
});
