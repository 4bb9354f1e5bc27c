import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OperationKind, operationKinds } from '#domain/operation.ts';
import { parseOperationRequest } from '#domain/operation-request.ts';
import { toSentence } from '#domain/failure.ts';

const parse = (kind: OperationKind, payload?: unknown): ReturnType<typeof parseOperationRequest> =>
  parseOperationRequest(kind, payload, 'fallback');

function problems(kind: OperationKind, payload: unknown): readonly string[] {
  const result = parse(kind, payload);
  return result.ok ? [] : result.problems.map(toSentence);
}

describe('a request that names nothing', () => {
  it.each([undefined, null, {}, { spec: {} }, { spec: null }])('%j takes the fallback id', (payload) => {
    expect(parse('instantiate', payload)).toEqual({
      ok: true,
      value: {
        request: {
          operationId: 'fallback',
          kind: 'instantiate',
          toRevision: null,
          migrateTo: null,
          requestedBy: 'signal',
        },
        recordedRevision: null,
      },
    });
  });
});

describe('the operation id', () => {
  it.each(['a', 'op-1', 'A.b_c:d-9', 'x'.repeat(128)])('%s is taken as it is', (operationId) => {
    expect(parse('update', { operationId })).toMatchObject({ ok: true, value: { request: { operationId } } });
  });

  it.each(['', '-a', 'a b', 'a/b', 'a\n', 'ä', 'x'.repeat(129), 7, true, {}, []])('%j is refused', (operationId) => {
    expect(problems('update', { operationId })).toEqual([
      expect.stringMatching(/^request update: expected operationId of 1 to 128 letters, digits and \.:_-, found /),
    ]);
  });
});

describe('a terminate', () => {
  it('may ask that CRDs go too and that hooks do not run', () => {
    const removalOf = (payload: unknown) => {
      const parsed = parse('terminate', payload);
      return parsed.ok ? parsed.value.request.removal : 'refused';
    };
    expect(removalOf({ spec: { deleteCrds: true } })).toEqual({ deleteCrds: true, skipHooks: false });
    expect(removalOf({ skipHooks: true })).toEqual({ deleteCrds: false, skipHooks: true });
    expect(removalOf({ deleteCrds: false })).toBeUndefined();
    expect(parse('update', { deleteCrds: true })).not.toHaveProperty('value.request.removal');
    expect(problems('terminate', { deleteCrds: 'yes' })).toEqual([
      'request terminate: expected deleteCrds, true or false, found "yes"',
    ]);
  });
});

describe('a rollback', () => {
  it.each([
    [1, 1],
    ['3', 3],
    [999_999_999, 999_999_999],
  ])('to revision %j is one to %d', (revision, toRevision) => {
    expect(parse('rollback', { revision })).toMatchObject({ ok: true, value: { request: { toRevision } } });
  });

  it("is also said in EMCO's body", () => {
    const payload = { metadata: { description: 'back' }, spec: { revision: '2' } };
    expect(parse('rollback', payload)).toMatchObject({ ok: true, value: { request: { toRevision: 2 } } });
  });

  it('prefers its own member over the one in EMCO’s body', () => {
    const payload = { revision: 4, spec: { revision: '2' } };
    expect(parse('rollback', payload)).toMatchObject({ ok: true, value: { request: { toRevision: 4 } } });
  });

  it.each([
    undefined,
    null,
    0,
    -1,
    1.5,
    '0',
    '01',
    '1.0',
    ' 1',
    'first',
    '1e3',
    1_000_000_000,
    Number.NaN,
    true,
    [1],
    {},
  ])('to revision %j is refused with what was found', (revision) => {
    expect(problems('rollback', { revision })).toEqual([
      expect.stringMatching(/^request rollback: expected revision, a whole number from 1, found /),
    ]);
  });

  it('tells everything that is wrong at once', () => {
    expect(problems('rollback', { operationId: '', revision: 'first' })).toEqual([
      'request rollback: expected operationId of 1 to 128 letters, digits and .:_-, found ""',
      'request rollback: expected revision, a whole number from 1, found "first"',
    ]);
  });
});

describe('a migration', () => {
  const migrateTo = { version: 'v2', group: 'g2' };

  it.each([
    { targetVersion: 'v2', targetGroup: 'g2' },
    { spec: { targetCompositeAppVersion: 'v2', targetDeploymentIntentGroup: 'g2' } },
  ])('reads %j', (payload) => {
    expect(parse('migrate', payload)).toMatchObject({ ok: true, value: { request: { migrateTo } } });
  });

  it.each([
    {},
    { targetVersion: 'v2' },
    { targetVersion: 'v2', targetGroup: '' },
    { targetVersion: 2, targetGroup: 'g' },
  ])('to %j is refused', (payload) => expect(problems('migrate', payload)).toHaveLength(1));
});

describe('what only some callers send', () => {
  it('is left out of requests that it does not belong to', () => {
    const payload = { revision: 7, targetVersion: 'v2', targetGroup: 'g2' };
    expect(parse('instantiate', payload)).toMatchObject({
      ok: true,
      value: { request: { toRevision: null, migrateTo: null } },
    });
  });

  it('is the caller’s name, cut to 128 characters', () => {
    const result = parse('stop', { requestedBy: 'x'.repeat(1000) });
    expect(result.ok && result.value.request.requestedBy).toBe('x'.repeat(128));
    expect(parse('stop', { requestedBy: 5 })).toMatchObject({ value: { request: { requestedBy: 'signal' } } });
  });

  it.each([
    [3, 3],
    [0, 0],
    [-1, null],
    [1.5, null],
    [1e300, null],
    [Number.POSITIVE_INFINITY, null],
    ['3', null],
  ])('is the recorded revision %j, read as %j', (recordedRevision, read) => {
    expect(parse('update', { recordedRevision })).toMatchObject({ ok: true, value: { recordedRevision: read } });
  });
});

describe('whatever arrives', () => {
  it.each([7, 'now', true, [], [{ revision: 1 }]])('%j is refused as no object', (payload) => {
    expect(parse('instantiate', payload)).toMatchObject({ ok: false, code: 'document-undecodable' });
  });

  it('never throws, and what it accepts is well formed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...operationKinds), fc.anything(), (kind, payload) => {
        const result = parse(kind, payload);
        if (!result.ok) {
          expect(result.problems.length).toBeGreaterThan(0);
          return;
        }
        expect(result.value.request.operationId).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
        expect(result.value.request.toRevision === null).toBe(kind !== 'rollback');
        expect(result.value.request.migrateTo === null).toBe(kind !== 'migrate');
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps its answer short, however long the finding is', () => {
    const revision = 'x'.repeat(100_000);
    expect(problems('rollback', { revision })[0]?.length).toBeLessThan(200);
  });
});
