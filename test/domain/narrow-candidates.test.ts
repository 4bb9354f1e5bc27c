import { describe, expect, it } from 'vitest';
import type { ClusterKey } from '#domain/group.ts';
import { narrowCandidates } from '#domain/narrow-candidates.ts';
import { type AppCandidates, chooseClusters } from '#domain/placement.ts';

const cluster = (name: string): ClusterKey => `edge+${name}` as ClusterKey;

const web: AppCandidates = {
  app: 'web',
  allOf: ['a', 'b'].map((name) => ({ cluster: cluster(name), reasons: ['allOf label store'] })),
  anyOf: [{ words: 'anyOf [label east]', candidates: ['c', 'd', 'e'].map(cluster) }],
  notes: {},
  warnings: [],
};

const narrow = (clusters: readonly string[], app = 'web') =>
  narrowCandidates([web], {
    controller: 'capacity',
    apps: [{ app, clusters: clusters.map((name) => ({ cluster: `edge+${name}`, reason: `${name} has room` })) }],
  });

describe('narrowCandidates', () => {
  it('leaves what the controller names, with its reasons, and one of each anyOf group is chosen of the rest', () => {
    const narrowed = narrow(['a', 'b', 'd', 'e']);
    expect(narrowed.ok && narrowed.value.map(chooseClusters)).toEqual([
      {
        app: 'web',
        choices: [
          { cluster: 'edge+a', reason: 'allOf label store; capacity: a has room' },
          { cluster: 'edge+b', reason: 'allOf label store; capacity: b has room' },
          { cluster: 'edge+d', reason: 'first of 2 candidates of anyOf [label east]; capacity: d has room' },
        ],
      },
    ]);
  });

  it('lets clusters of allOf go, and the plan says so', () => {
    const narrowed = narrow(['b', 'e']);
    expect(narrowed.ok && narrowed.value.map(chooseClusters)).toMatchObject([
      {
        choices: [{ cluster: 'edge+b' }, { cluster: 'edge+e' }],
        warnings: ['controller capacity left out what allOf names: edge+a'],
      },
    ]);
  });

  it('refuses clusters and apps that were not asked about', () => {
    expect(narrow(['a', 'nowhere', 'c'])).toMatchObject({
      ok: false,
      code: 'document-invalid',
      problems: [{ object: 'app web', found: 'cluster edge+nowhere' }],
    });
    expect(narrow(['a'], 'ghost')).toMatchObject({ ok: false, problems: [{ object: 'app ghost' }] });
  });

  it('refuses to leave an anyOf group or an app without a cluster', () => {
    expect(narrow(['a', 'b'])).toMatchObject({
      ok: false,
      code: 'placement-impossible',
      problems: [{ expected: 'a cluster for anyOf [label east]', found: 'none left by controller capacity' }],
    });
    const only = { ...web, anyOf: [] };
    const none = narrowCandidates([only], { controller: 'x', apps: [{ app: 'web', clusters: [] }] });
    expect(none).toMatchObject({ ok: false, problems: [{ expected: 'at least one cluster' }] });
  });

  it('keeps an app that the controller does not name as it is', () => {
    const kept = narrowCandidates([web], {
      controller: 'x',
      apps: [],
      warnings: [{ app: 'web', warning: 'not looked at' }],
    });
    expect(kept).toEqual({ ok: true, value: [{ ...web, warnings: ['x: not looked at'] }] });
  });
});
