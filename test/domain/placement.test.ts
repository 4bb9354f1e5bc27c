import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClusterKey, type GroupKey, toClusterRef } from '#domain/group.ts';
import type { AppInput, GroupInputs, PlacementIntent, PlacementTerm } from '#domain/inputs.ts';
import { placeGroup } from '#domain/placement.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';

const key = (text: string) => text as ClusterKey;
const label = (name: string, provider = 'edge'): PlacementTerm => ({ type: 'label', provider, label: name });
const anyOf = (...terms: PlacementTerm[]): PlacementTerm => ({ type: 'anyOf', terms });
const cluster = (name: string): PlacementTerm => ({ type: 'cluster', ...toClusterRef(key(name)) });

const app = (name: string, placement: PlacementIntent | null): AppInput => ({
  name,
  chart: 'c0' as BlobAddress,
  profile: null,
  overrideValues: {},
  dependencies: [],
  placement,
});

interface Setting {
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  readonly cloud?: readonly string[];
}

function inputs(apps: readonly AppInput[], setting: Setting): GroupInputs {
  const names = Object.keys(setting.clusters).sort();
  return {
    group: '/projects/p/composite-apps/ca/v1/deployment-intent-groups/g' as GroupKey,
    gid: '1234567890123456789',
    release: 'r1',
    logicalCloud: { name: 'lc', level: '0', namespace: 'shop', clusters: (setting.cloud ?? names).map(key) },
    apps,
    clusters: names.map((name) => ({
      key: key(name),
      labels: setting.clusters[name] ?? [],
      gitops: null,
      reachable: true,
    })),
    resources: {},
    lookUpApps: [],
  };
}

const east = { 'edge+c1': ['east'], 'edge+c2': ['east', 'big'], 'edge+c3': ['west'], 'far+c1': ['east'] };

const choices = (intent: PlacementIntent, setting: Setting = { clusters: east }) => {
  const result = placeGroup(inputs([app('web', intent)], setting));
  if (!result.ok) return { code: result.code, problems: result.problems };
  return Object.fromEntries((result.value[0]?.choices ?? []).map((one) => [one.cluster, one.reason]));
};

describe('placeGroup', () => {
  it('chooses every cluster of an allOf label of that provider only, with the reason', () => {
    expect(choices({ allOf: [label('east')], anyOf: [] })).toEqual({
      'edge+c1': 'allOf label east of provider edge',
      'edge+c2': 'allOf label east of provider edge',
    });
  });

  it('takes the first candidate by key of an anyOf, not the first listed', () => {
    expect(choices({ allOf: [], anyOf: [cluster('edge+c2'), cluster('edge+c1')] })).toEqual({
      'edge+c1': 'first of 2 candidates of anyOf [cluster edge+c2, cluster edge+c1]',
    });
  });

  it('keeps a mandatory cluster that an anyOf also names, and lets it satisfy the anyOf', () => {
    expect(choices({ allOf: [cluster('edge+c2')], anyOf: [label('east')] })).toEqual({
      'edge+c2': 'allOf cluster edge+c2; satisfies anyOf [label east of provider edge]',
    });
  });

  it('lets two anyOf groups share the cluster that both contain', () => {
    const intent = { allOf: [anyOf(cluster('edge+c2'), cluster('edge+c1')), anyOf(label('east'))], anyOf: [] };
    expect(Object.keys(choices(intent))).toEqual(['edge+c1']);
  });

  it('serves a group with one candidate first, so that a wider group does not add a cluster', () => {
    const intent = { allOf: [anyOf(label('east')), anyOf(label('big'))], anyOf: [] };
    expect(choices(intent)).toEqual({
      'edge+c2': 'only candidate of anyOf [label big of provider edge]; satisfies anyOf [label east of provider edge]',
    });
  });

  it('treats anyOf inside anyOf as one group', () => {
    const intent = { allOf: [], anyOf: [anyOf(label('west'), anyOf(cluster('edge+c2')))] };
    expect(Object.keys(choices(intent))).toEqual(['edge+c2']);
  });

  it('never chooses an anyOf candidate outside the logical cloud', () => {
    const setting = { clusters: east, cloud: ['edge+c2', 'edge+c3'] };
    expect(Object.keys(choices({ allOf: [], anyOf: [label('east')] }, setting))).toEqual(['edge+c2']);
  });

  it('refuses mandatory clusters and whole anyOf groups outside the logical cloud', () => {
    const setting = { clusters: east, cloud: ['edge+c3'] };
    const intent = { allOf: [cluster('edge+c1')], anyOf: [cluster('edge+c2')] };
    expect(choices(intent, setting)).toEqual({
      code: 'cluster-not-in-cloud',
      problems: [
        {
          object: 'app web',
          expected: 'cluster edge+c1 in logical cloud lc (allOf cluster edge+c1)',
          found: 'no cluster-reference to it',
        },
        {
          object: 'app web',
          expected: 'cluster edge+c2 in logical cloud lc (anyOf [cluster edge+c2])',
          found: 'no cluster-reference to it',
        },
      ],
    });
  });

  it('reports the problems of all apps at once', () => {
    const apps = [
      app('a', null),
      app('b', { allOf: [], anyOf: [] }),
      app('c', { allOf: [cluster('edge+nope'), label('none')], anyOf: [cluster('edge+gone'), anyOf()] }),
      app('d', { allOf: [anyOf()], anyOf: [] }),
    ];
    const result = placeGroup(inputs(apps, { clusters: east }));
    expect(result).toMatchObject({ ok: false, code: 'placement-impossible' });
    expect(result.ok || result.problems.map((one) => `${one.object}: ${one.found}`)).toEqual([
      'app a: none',
      'app b: an empty one',
      'app c: no such cluster',
      'app c: none',
      'app c: no such cluster',
      'app d: none',
    ]);
  });

  it('gives problems of one sort their own code', () => {
    expect(choices({ allOf: [cluster('edge+nope')], anyOf: [] })).toMatchObject({ code: 'reference-not-found' });
    expect(choices({ allOf: [label('none')], anyOf: [] })).toMatchObject({ code: 'placement-impossible' });
    expect(placeGroup(inputs([], { clusters: east }))).toMatchObject({ ok: false, code: 'placement-impossible' });
  });

  it('shortens the reason of a group with many terms', () => {
    const clusters = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`edge+c${at}`, []]));
    const reason = Object.values(choices({ allOf: [], anyOf: Object.keys(clusters).map(cluster) }, { clusters }))[0];
    expect(reason).toMatch(
      /^first of 40 candidates of anyOf \[(cluster edge\+c\d, ){4}cluster edge\+c4 and 35 more\]$/,
    );
  });

  const names = ['edge+c1', 'edge+c2', 'edge+c3', 'far+c1'];
  const leaf = fc.oneof(
    fc.constantFrom(...names).map(cluster),
    fc.constantFrom('east', 'west', 'big').map((one) => label(one)),
  );
  const group = fc.array(leaf, { minLength: 1, maxLength: 4 });

  it('chooses all mandatory clusters, satisfies every group, adds at most one cluster a group', () => {
    fc.assert(
      fc.property(
        fc.array(leaf, { maxLength: 2 }),
        fc.array(group, { minLength: 1, maxLength: 4 }),
        (allOf, groups) => {
          const intent = { allOf: [...allOf, ...groups.slice(1).map((one) => anyOf(...one))], anyOf: groups[0] ?? [] };
          const chosen = Object.keys(choices(intent));
          const members = (terms: readonly PlacementTerm[]) =>
            terms.flatMap((one) =>
              Object.entries(east)
                .filter(([name, labels]) =>
                  one.type === 'label'
                    ? name.startsWith('edge+') && labels.includes(one.label)
                    : cluster(name).type === one.type && JSON.stringify(cluster(name)) === JSON.stringify(one),
                )
                .map(([name]) => name),
            );
          for (const one of members(allOf)) expect(chosen).toContain(one);
          for (const terms of groups) expect(members(terms).some((one) => chosen.includes(one))).toBe(true);
          expect(chosen.length).toBeLessThanOrEqual(new Set(members(allOf)).size + groups.length);
        },
      ),
    );
  });

  it('places 20 apps by label on 5,000 clusters', () => {
    const clusters = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`edge+c${at}`, ['all']]));
    const apps = Array.from({ length: 20 }, (_, at) => app(`a${at}`, { allOf: [label('all')], anyOf: [label('all')] }));
    const result = placeGroup(inputs(apps, { clusters }));
    expect(result.ok && result.value.every((one) => one.choices.length === 5_000)).toBe(true);
  });
});
