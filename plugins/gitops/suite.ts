import { describe, expect, it } from 'vitest';

import type { ClusterKey } from '#domain/group.ts';
import type { AgentRequest, GitopsProvider } from '#domain/ports/plugins.ts';

export interface GitopsSuite {
  readonly provider: GitopsProvider;
  /** Names of the agent objects in a file, in the file's order. */
  readonly readNames: (text: string) => readonly string[];
}

const gid = '1234567890123456789';
// The key of a cluster as users write it.
const cluster = 'edge+c1' as ClusterKey;

const toApp = (app: string): AgentRequest['apps'][number] => ({ app, hasMain: true, hasCrds: true, hasHooks: true });

const toRequest = (apps: AgentRequest['apps']): AgentRequest => ({
  gid,
  cluster,
  namespace: 'default',
  settings: {
    type: 'any',
    url: 'https://git.example.org/fleet.git',
    branch: 'main',
    secrets: 'refuse',
    settings: {},
    referenceObject: 'ref',
    resourceObject: 'res',
  },
  apps,
});

const oddNames = [
  'web',
  'web-crds',
  'web-hooks',
  'Web',
  'we_b',
  'a'.repeat(128),
  `${'a'.repeat(127)}b`,
  '9lives',
  'x.y',
  'web.crds',
];

/** What every GitOps provider must keep, whatever its agent. */
export function describeGitopsProvider(title: string, { provider, readNames }: GitopsSuite): void {
  describe(title, () => {
    it('gives the same bytes for the same apps in any order', () => {
      const apps = ['web', 'db', 'cache'].map(toApp);
      expect(provider.agentFiles(toRequest(apps.toReversed()))).toEqual(provider.agentFiles(toRequest(apps)));
    });

    it('makes the file of the group go when no app is left', () => {
      const [before] = provider.agentFiles(toRequest([toApp('web')]));
      expect(provider.agentFiles(toRequest([]))).toEqual([{ path: before?.path, text: null }]);
    });

    it('writes only under the paths of emco and never a kustomization.yaml', () => {
      const files = [...provider.agentFiles(toRequest([toApp('web')])), ...provider.markerFiles(cluster)];
      for (const { path } of files) {
        expect(path).toMatch(/^(clusters\/edge\+c1\/emco\/[^/]+\.yaml|deploy\/edge\+c1\/\.emco)$/);
        expect(path).not.toMatch(/kustomization\.ya?ml$/i);
      }
    });

    it('writes the same marker for every cluster', () => {
      const texts = ['edge+c1', 'core+c2'].map((key) =>
        provider.markerFiles(key as ClusterKey).map(({ text }) => text),
      ); // keys
      expect(texts[0]).toEqual(texts[1]);
    });

    it('gives every app and part a folder of its own below the group on the cluster', () => {
      const parts = ['main', 'crds', 'hooks'] as const;
      const folders = oddNames.flatMap((app) => parts.map((part) => provider.folder({ gid, cluster, app, part })));
      expect(new Set(folders).size).toBe(folders.length);
      for (const folder of folders) expect(folder.startsWith(`deploy/edge+c1/${gid}/`)).toBe(true);
    });

    it('names agent objects validly and differently, whatever the apps are called', () => {
      const parts = ['main', 'crds', 'hooks'] as const;
      const names = oddNames.flatMap((app) => parts.map((part) => provider.agentObject(gid, app, part).name));
      for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      if (provider.agentObject(gid, 'a', 'main').name !== provider.agentObject(gid, 'b', 'main').name) {
        expect(new Set(names).size).toBe(names.length);
      }
    });

    it('writes exactly the objects that it announces', () => {
      const [file] = provider.agentFiles(toRequest(oddNames.map(toApp)));
      const parts = ['main', 'crds', 'hooks'] as const;
      const announced = oddNames.flatMap((app) => parts.map((part) => provider.agentObject(gid, app, part).name));
      expect(readNames(file?.text ?? '').toSorted()).toEqual([...new Set(announced)].sort());
    });

    it('writes no object for a part that an app does not have', () => {
      const [file] = provider.agentFiles(toRequest([{ app: 'web', hasMain: true, hasCrds: false, hasHooks: false }]));
      expect(readNames(file?.text ?? '')).toEqual([provider.agentObject(gid, 'web', 'main').name]);
    });

    it('can refuse Secrets', () => {
      expect(provider.secretsModes).toContain('refuse');
    });
  });
}
