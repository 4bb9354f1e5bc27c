import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '#domain/json.ts';
import { applyJsonPatch } from '#plugins/action/gac/json-patch.ts';
import { PatchError } from '#plugins/action/gac/patch-error.ts';

const document = { data: { num: '5', 'a/b': 'x', 'c~d': 'y' }, l: [1, 2, 3], deep: { list: [{ k: 'v' }] } };

const patch = (...operations: JsonObject[]) => applyJsonPatch(document, operations);
const refusal = (...operations: JsonObject[]) => {
  try {
    return patch(...operations);
  } catch (error) {
    return (error as Error).message;
  }
};

describe('applyJsonPatch, row by row as EMCO does', () => {
  it.each<[string, JsonObject, Json]>([
    [
      'replace of a missing member adds it',
      { op: 'replace', path: '/data/z', value: 1 },
      { ...document, data: { ...document.data, z: 1 } },
    ],
    ['replace of the root replaces the document', { op: 'replace', path: '', value: { x: 1 } }, { x: 1 }],
    ['add to the end of an array', { op: 'add', path: '/l/-', value: 4 }, { ...document, l: [1, 2, 3, 4] }],
    ['add at -1 appends', { op: 'add', path: '/l/-1', value: 4 }, { ...document, l: [1, 2, 3, 4] }],
    ['add at -2 stands before the last', { op: 'add', path: '/l/-2', value: 4 }, { ...document, l: [1, 2, 4, 3] }],
    ['add at the length appends', { op: 'add', path: '/l/3', value: 4 }, { ...document, l: [1, 2, 3, 4] }],
    ['replace of -1 replaces the last', { op: 'replace', path: '/l/-1', value: 9 }, { ...document, l: [1, 2, 9] }],
    ['remove of -1 removes the last', { op: 'remove', path: '/l/-1' }, { ...document, l: [1, 2] }],
    ['remove ignores a null value', { op: 'remove', path: '/l/0', value: null }, { ...document, l: [2, 3] }],
    [
      'move takes from',
      { op: 'move', from: '/l/0', path: '/data/num', value: null },
      { ...document, data: { ...document.data, num: 1 }, l: [2, 3] },
    ],
    ['copy takes from', { op: 'copy', from: '/data/num', path: '/l/0' }, { ...document, l: ['5', 1, 2, 3] }],
    ['test of null on a missing member passes', { op: 'test', path: '/data/zz', value: null }, document],
    ['test of an equal value passes', { op: 'test', path: '/deep', value: { list: [{ k: 'v' }] } }, document],
    [
      'slashes and tildes are escaped',
      { op: 'replace', path: '/data/a~1b', value: 1 },
      { ...document, data: { ...document.data, 'a/b': 1 } },
    ],
    [
      'negative indices work on the way, too',
      { op: 'add', path: '/deep/list/-1/n', value: 1 },
      { ...document, deep: { list: [{ k: 'v', n: 1 }] } },
    ],
    [
      'a null value is a value',
      { op: 'add', path: '/data/n', value: null },
      { ...document, data: { ...document.data, n: null } },
    ],
  ])('%s', (_name, operation, expected) => {
    expect(patch(operation)).toEqual(expected);
  });

  it.each<[JsonObject, string]>([
    [
      { op: 'replace', path: '/none/z', value: 1 },
      'operation 1 (replace /none/z) to apply, found missing path /none/z',
    ],
    [{ op: 'add', path: '/none/k', value: 1 }, 'operation 1 (add /none/k) to apply, found missing path /none/k'],
    [
      { op: 'add', path: '/data/num/k', value: 1 },
      'operation 1 (add /data/num/k) to apply, found missing path /data/num/k',
    ],
    [{ op: 'add', path: '/l/5', value: 1 }, 'operation 1 (add /l/5) to apply, found invalid index 5'],
    [{ op: 'add', path: '/l/-5', value: 1 }, 'operation 1 (add /l/-5) to apply, found invalid index -5'],
    [{ op: 'add', path: '/l/x', value: 1 }, 'operation 1 (add /l/x) to apply, found invalid index x'],
    [{ op: 'replace', path: '/l/5', value: 1 }, 'operation 1 (replace /l/5) to apply, found missing element /l/5'],
    [{ op: 'remove', path: '/data/zz' }, 'operation 1 (remove /data/zz) to apply, found nonexistent key zz'],
    [{ op: 'remove', path: '/l/3' }, 'operation 1 (remove /l/3) to apply, found nonexistent key 3'],
    [{ op: 'move', from: '/data/c', path: '/x' }, 'operation 1 (move /x) to apply, found nothing at /data/c'],
    [
      { op: 'move', from: '/deep', path: '/deep/list/0' },
      'operation 1 (move /deep/list/0) to apply, found a move into the moved value itself',
    ],
    [{ op: 'copy', path: '/x' }, 'operation 1 (copy /x) to apply, found no pointer'],
    [{ op: 'test', path: '/data/num', value: '6' }, 'operation 1 (test /data/num) to apply, found another value'],
    [{ op: 'test', path: '/data/zz', value: 1 }, 'operation 1 (test /data/zz) to apply, found nothing at /data/zz'],
    [
      { op: 'remove', path: '' },
      'operation 1 (remove ) to apply, found the whole document, which can only be replaced',
    ],
    [
      { op: 'add', path: 'data', value: 1 },
      'operation 1 (add data) to apply, found a pointer without leading slash (data)',
    ],
    [{ op: 'merge', path: '/x' }, 'operation 1 (merge /x) to apply, found unknown operation merge'],
    [
      { op: 'add', path: '/toString/x', value: 1 },
      'operation 1 (add /toString/x) to apply, found missing path /toString/x',
    ],
    [
      { op: 'add', path: '/__proto__/x', value: 1 },
      'operation 1 (add /__proto__/x) to apply, found a path through __proto__, which is refused',
    ],
    [
      { op: 'add', path: '/constructor/prototype/x', value: 1 },
      'operation 1 (add /constructor/prototype/x) to apply, found a path through constructor, which is refused',
    ],
  ])('refuses %j', (operation, message) => {
    expect(refusal(operation)).toBe(message);
  });

  it('refuses a value with __proto__ and pollutes nothing', () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject;
    expect(refusal({ op: 'add', path: '/data/x', value })).toContain('__proto__');
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
  });

  it('names the operation that fails and leaves the document as it was', () => {
    expect(refusal({ op: 'add', path: '/data/new', value: 1 }, { op: 'remove', path: '/nope' })).toContain(
      'operation 2 (remove /nope)',
    );
    expect(document.data).not.toHaveProperty('new');
  });

  it('shares no value between two documents', () => {
    const value = { list: [1] };
    const operations = [
      { op: 'add', path: '/v', value },
      { op: 'add', path: '/v/list/-', value: 2 },
    ];
    expect(applyJsonPatch(document, operations)).toEqual(applyJsonPatch(document, operations));
    expect(value).toEqual({ list: [1] });
  });

  it('refuses a value nested thousands of levels deep', () => {
    const levels = 20_000;
    const value = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as Json;
    expect(refusal({ op: 'add', path: '/x', value })).toMatch(/too many levels|100 levels deep/);
  });

  it('refuses patches that grow without end', () => {
    const doubling = Array.from({ length: 40 }, (_, at) => ({ op: 'copy', from: '', path: `/c${at}` }));
    expect(refusal(...doubling)).toContain('copied characters');
    expect(refusal(...Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/l/0', value: 1 })))).toContain(
      'at most 10000 operations',
    );
    const nesting = Array.from({ length: 200 }, () => ({ op: 'move', from: '/deep', path: '/x' })).flatMap((one) => [
      one,
      { op: 'add', path: '/deep', value: {} },
      { op: 'move', from: '/x', path: '/deep/x' },
    ]);
    expect(refusal(...nesting)).toContain('100 levels deep');
    expect(refusal()).toContain('at least one operation');
  });

  it('never throws anything but its own error, whatever the operations', () => {
    const path = fc
      .array(fc.constantFrom('data', 'l', 'deep', 'list', '0', '-1', '-', 'k', '', '__proto__', '~', 'toString'), {
        maxLength: 4,
      })
      .map((some) => some.map((one) => `/${one}`).join(''));
    const operation = fc.record({
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
      path,
      from: path,
      value: fc.jsonValue() as fc.Arbitrary<Json>,
    });
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 6 }), (operations) => {
        const before = JSON.stringify(document);
        try {
          patch(...operations);
        } catch (error) {
          expect(error).toBeInstanceOf(PatchError);
        }
        expect(JSON.stringify(document)).toBe(before);
      }),
      { numRuns: 2_000 },
    );
  });
});

const frozen = (value: Json): Json => {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
};

it('leaves its argument as it was, whatever it shares with the result', () => {
  const pointer = fc.constantFrom(
    '/data',
    '/data/num',
    '/data/new',
    '/l/0',
    '/l/-',
    '/l/1',
    '/deep/list/0',
    '/deep/list/0/k',
  );
  const moved = fc.record({ op: fc.constantFrom('move', 'copy'), from: pointer, path: pointer });
  const written = fc.record({
    op: fc.constantFrom('add', 'replace', 'remove'),
    path: pointer,
    value: fc.constantFrom<Json>(1, { k: 'w' }, [{ k: 'x' }]),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(moved, written), { minLength: 1, maxLength: 6 }), (operations) => {
      const argument = structuredClone(document);
      const shared = tried(() => applyJsonPatch(frozen(argument), operations));
      expect(argument).toEqual(document);
      expect(shared).toEqual(tried(() => oneByOne(document, operations)));
    }),
    { numRuns: 1000 },
  );
});

/** Each operation on a copy that shares nothing. */
const oneByOne = (start: Json, operations: readonly JsonObject[]): Json =>
  operations.reduce((value: Json, operation) => applyJsonPatch(structuredClone(value), [operation]), start);

const tried = (work: () => Json): Json => {
  try {
    return work();
  } catch (error) {
    if (error instanceof PatchError) return 'refused';
    throw error;
  }
};
