import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json, JsonObject } from '#domain/json.ts';
import { makeYamlWriter, toYaml } from '#plugins/yaml/index.ts';

const value = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).tree;

it('writes what toYaml writes, also for members that were written before, under the same name and another', () => {
  const names = fc.constantFrom('metadata', 'spec', 'data', 'on', 'a b', '');
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), fc.infiniteStream(names), (members, stream) => {
      const write = makeYamlWriter();
      for (let round = 0; round < 3; round += 1) {
        const object: JsonObject = Object.fromEntries(members.map((member) => [stream.next().value, member]));
        expect(write(object)).toBe(toYaml(object));
      }
    }),
  );
});

it('writes an empty mapping', () => {
  expect(makeYamlWriter()({})).toBe(toYaml({}));
});
