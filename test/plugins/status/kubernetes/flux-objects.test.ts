import { describe, expect, it } from 'vitest';
import { keepKustomization, toCommit, toPlainPath } from '#plugins/status/kubernetes/flux-objects.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';

describe('what is kept of a Kustomization', () => {
  it.each([
    [`main@sha1:${commit}`, commit],
    [`release/1.0@sha1:${commit}`, commit],
    [`sha1:${commit}`, commit],
    [`main/${commit}`, commit],
    [`main@sha256:${'a'.repeat(64)}`, 'a'.repeat(64)],
    [commit, commit],
    ['', ''],
    ['main@sha1:0123', ''],
    [`x${commit}`, ''],
  ])('is the commit of the revision %j', (revision, found) => {
    expect(toCommit(revision)).toBe(found);
  });

  it.each(['./deploy/edge+c1/1/web', 'deploy/edge+c1/1/web/', '/deploy/edge+c1/1/web'])(
    'is the plain path of %s',
    (path) => {
      expect(toPlainPath(path)).toBe('deploy/edge+c1/1/web');
    },
  );

  it('keeps the moment at which a revision was seen first', () => {
    const object = { status: { lastAppliedRevision: `main@sha1:${commit}` } };
    const first = keepKustomization(object, undefined);
    const second = keepKustomization({ ...object, spec: { suspend: true } }, first);
    expect(second.seenAt).toBe(first.seenAt);
    const before = { ...first, revision: 'other', seenAt: -1 };
    expect(keepKustomization(object, before).seenAt).toBeGreaterThan(-1);
  });

  it('is not observed until the status speaks about this generation', () => {
    const at = (observedGeneration: number) =>
      keepKustomization({ metadata: { generation: 2 }, status: { observedGeneration } }, undefined).isObserved;
    expect([at(1), at(2)]).toEqual([false, true]);
    expect(keepKustomization({}, undefined).isObserved).toBe(false);
  });

  it('has trouble only when Ready is False', () => {
    const withReady = (status: string) =>
      keepKustomization({ status: { conditions: [{ type: 'Ready', status, message: 'build failed' }] } }, undefined)
        .trouble;
    expect(['False', 'True', 'Unknown'].map(withReady)).toEqual(['build failed', '', '']);
  });
});
