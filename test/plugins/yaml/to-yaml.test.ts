import * as fc from 'fast-check';
import * as jsYaml from 'js-yaml';
import { describe, expect, it } from 'vitest';
import * as yaml from 'yaml';
import { type Json, toCanonicalJson } from '#domain/json.ts';
import { parseYamlDocuments, toYaml } from '#plugins/yaml/index.ts';
import { findHelm, readLikeGo } from './support.ts';
import { traps } from './traps.ts';

const text = fc.oneof(
  fc.constantFrom(...traps),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(' ', '\n', '\t', 'a', ':', '#', '-', '"', "'", '|', '1', '.', ',', '\\'),
    maxLength: 12,
  }),
);
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((one) => Math.abs(one) < 2 ** 53 || Math.abs(one) > 2 ** 64),
);
/** JSON.parse of Node 24 now and then reads the key `\t` as `\\` once it has met the key `\\`, so that one is left out. */
const key = text.filter((one) => one !== '__proto__' && one !== '\\');
const value = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).tree;

/** `-0` is `0` in JSON. */
const plain = (one: Json): Json => JSON.parse(JSON.stringify(one)) as Json;

describe('toYaml', () => {
  it('sorts keys and writes what a person would', () => {
    const manifest = {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'cm', labels: {}, finalizers: [] },
      data: { port: '8080', debug: 'no', 'app.conf': 'a = 1\n\n  b = 2\n', note: 'two words' },
      list: [{ b: 1, a: [[true], null] }, 'x', '500m', 1.5, 1e21],
    };
    expect(toYaml(manifest)).toBe(`apiVersion: v1
data:
  app.conf: |
    a = 1

      b = 2
  debug: "no"
  note: two words
  port: "8080"
kind: ConfigMap
list:
- a:
  - - true
  - null
  b: 1
- x
- 500m
- 1.5
- 1.0e+21
metadata:
  finalizers: []
  labels: {}
  name: cm
`);
  });

  it('gives the same bytes for the same value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(key, number, { noNullPrototype: true }), (one) => {
        expect(toYaml(Object.fromEntries(Object.entries(one).reverse()))).toBe(toYaml(one));
      }),
    );
  });

  it('writes large integers with all digits', () => {
    expect(toYaml([2 ** 60, -(2 ** 63), 2 ** 53])).toBe(
      '- 1152921504606846976\n- -9223372036854775808\n- 9007199254740992\n',
    );
  });

  it('is read back unchanged by our reader, by yaml (1.2 and 1.1) and by js-yaml (core and 1.1)', () => {
    const dates = {
      customTags: (tags: yaml.Tags) => tags.filter((tag) => typeof tag === 'string' || !tag.tag.endsWith('timestamp')),
    };
    fc.assert(
      fc.property(value, (one) => {
        const written = toYaml(one);
        const expected = plain(one);
        const ours = parseYamlDocuments(written, { object: 'text' });
        expect(ours).toEqual({ ok: true, value: [expected] });
        expect(yaml.parse(written)).toEqual(expected);
        expect(yaml.parse(written, { version: '1.1', ...dates, merge: false })).toEqual(expected);
        expect(jsYaml.load(written)).toEqual(expected);
        expect(jsYaml.load(written, { schema: jsYaml.YAML11_SCHEMA })).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it.skipIf(findHelm() === undefined)('is read back unchanged by the Go reader of Kubernetes', () => {
    const samples = [
      { traps },
      { keys: Object.fromEntries(traps.filter((one) => one !== '__proto__').map((one) => [one, one])) },
    ];
    const written = [
      ...samples,
      ...fc.sample(fc.dictionary(key, value, { noNullPrototype: true }), { numRuns: 2_000, seed: 7 }),
    ];
    const read = readLikeGo(findHelm() ?? '', written.map(toYaml));
    for (const [at, one] of written.entries())
      expect(toCanonicalJson(read[at] as Json)).toBe(toCanonicalJson(plain(one)));
  });
});
