import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { FileShelf, byLabel, customise, customization, jsonPatch, resource } from './support.ts';

const etcd: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'etcd' },
  spec: { replicas: 3, serviceName: 'etcd' },
};

const networkPolicy = (name: string, role: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: default
spec:
  podSelector:
    matchLabels: {role: ${role}}
  policyTypes: [Ingress]
`;

/** The seven resources that EMCO's test-gac has, in their shape, on one cluster. */
describe('the seven resources of the GAC walkthrough', () => {
  const shelf = new FileShelf();
  const file = (fileName: string, content: string) => ({ fileName, content: shelf.put(content) });
  const token = (name: string, data: string) =>
    shelf.put(`
apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  labels: {team: storage}
  annotations: {kubernetes.io/service-account.name: operator}
type: kubernetes.io/service-account-token
data: ${data}
`);
  const resources = [
    resource('netpol-web', 'networkpolicy', {
      template: shelf.put(networkPolicy('netpol-web', 'web')),
      customizations: [customization('c1', { files: [file('dummy.yaml', '# nothing')] })],
    }),
    resource('netpol-db', 'networkpolicy', {
      template: shelf.put(networkPolicy('netpol-db', 'cache')),
      customizations: [
        jsonPatch('c2', { op: 'replace', path: '/spec/podSelector/matchLabels/role', value: 'database' }),
      ],
    }),
    resource('cm-game', 'ConfigMap', {
      template: shelf.put(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm-game, labels: {app: game}}\ndata: {lives: 3, file: ui.properties, a.properties: x=1, b.properties: "y=2"}\n',
      ),
      customizations: [customization('c3', { files: [file('info.json', '{"a": 1}\n')] })],
    }),
    resource('cm-team', 'ConfigMap', {
      template: shelf.put(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm-team}\nimmutable: true\ndata: {team_size: 5, file: ui.properties}\n',
      ),
      customizations: [
        customization('c4', {
          files: [file('data-game.yaml', 'game'), file('data-ui.yaml', 'ui')],
          dataKeys: {
            'data-game.yaml': { keyName: 'game.properties', mergePatch: false },
            'data-ui.yaml': { keyName: 'user-interface.properties', mergePatch: false },
          },
          patchType: 'json',
          patchJson: [{ op: 'replace', path: '/data/team_size', value: '10' }],
        }),
      ],
    }),
    resource('secret-user', 'Secret', {
      template: token('secret-user', '{PASSWORD: cGFzcw==, USER_NAME: bmFtZQ==, USER: dXNlcg==}'),
      customizations: [customization('c5', { files: [file('userexpiration', 'tomorrow')] })],
    }),
    resource('secret-auth', 'Secret', {
      template: token('secret-auth', '{extra: ZXh0cmE=}'),
      customizations: [
        customization('c6', {
          files: [file('data-expiration.yaml', 'never')],
          dataKeys: { 'data-expiration.yaml': { keyName: 'EXPIRATION', mergePatch: false } },
          patchType: 'json',
          patchJson: [
            { op: 'add', path: '/data/USER_NAME', value: 'bmFtZQ==' },
            { op: 'add', path: '/data/PASSWORD', value: 'cGFzcw==' },
          ],
        }),
      ],
    }),
    resource('sts-etcd', 'statefulset', {
      newObject: false,
      objectName: 'etcd',
      template: shelf.put('ignored: true\n'),
      customizations: [
        {
          ...jsonPatch('c7', { op: 'replace', path: '/spec/replicas', value: 1 }),
          clusters: byLabel('provider1', 'edge'),
        },
      ],
    }),
  ];
  const result = customise({ objects: [etcd], resources, files: shelf.files });
  const objects = result.variants[0]?.objects ?? [];
  const named = (name: string) => objects.find((object) => object.metadata.name === name);

  it('stand after the objects of the chart, in creation order', () => {
    expect(objects.map((object) => `${object.metadata.name}+${object.kind}`)).toEqual([
      'etcd+StatefulSet',
      'netpol-web+NetworkPolicy',
      'netpol-db+NetworkPolicy',
      'cm-game+ConfigMap',
      'cm-team+ConfigMap',
      'secret-user+Secret',
      'secret-auth+Secret',
    ]);
    expect(result.warnings).toEqual([]);
  });

  it('take templates as they are and patch what a JSON patch names', () => {
    expect(named('netpol-web')?.['spec']).toEqual({
      podSelector: { matchLabels: { role: 'web' } },
      policyTypes: ['Ingress'],
    });
    expect(named('netpol-db')?.['spec']).toMatchObject({ podSelector: { matchLabels: { role: 'database' } } });
    expect(named('etcd')?.['spec']).toEqual({ replicas: 1, serviceName: 'etcd' });
    expect(etcd['spec']).toEqual({ replicas: 3, serviceName: 'etcd' });
  });

  it('add files to ConfigMaps as text, beside labels, immutable and numbers made text', () => {
    expect(named('cm-game')).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm-game', labels: { app: 'game' } },
      data: {
        lives: '3',
        file: 'ui.properties',
        'a.properties': 'x=1',
        'b.properties': 'y=2',
        'info.json': '{"a": 1}\n',
      },
    });
    expect(named('cm-team')).toMatchObject({
      immutable: true,
      data: { team_size: '10', file: 'ui.properties', 'game.properties': 'game', 'user-interface.properties': 'ui' },
    });
  });

  it('add files to Secrets in base64 once, beside type, labels and annotations', () => {
    expect(named('secret-user')).toMatchObject({
      type: 'kubernetes.io/service-account-token',
      metadata: { labels: { team: 'storage' }, annotations: { 'kubernetes.io/service-account.name': 'operator' } },
      data: { PASSWORD: 'cGFzcw==', USER_NAME: 'bmFtZQ==', USER: 'dXNlcg==', userexpiration: 'dG9tb3Jyb3c=' },
    });
    expect(Object.keys(named('secret-auth')?.['data'] ?? {}).sort()).toEqual([
      'EXPIRATION',
      'PASSWORD',
      'USER_NAME',
      'extra',
    ]);
  });
});
