import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#domain/json.ts';
import { parseYamlDocuments } from '#plugins/yaml/index.ts';
import { findHelm, readLikeGo } from './support.ts';

const parse = (text: string) => parseYamlDocuments(text, { object: 'file x.yaml' });
const valueOf = (text: string) => {
  const result = parse(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
};
const found = (text: string) => {
  const result = parse(text);
  return result.ok ? 'nothing' : `${result.code}: ${result.problems.map((one) => one.found).join()}`;
};

/** One of each form in which Go's reader, YAML 1.1 and YAML 1.2 differ. */
const forms = [
  ...'yes Yes YES yEs y Y n N no on off On true True TRUE tRue ~ null Null NULL nan inf .INFINITY'.split(' '),
  ...'0755 0o755 0x1F 0b11 1_000 0x_1f +1 -0 12:30 1:30:45.5 08 09 0o8 007_0 0777777777777777777777777'.split(' '),
  ...'1e3 1.5e3 1.e3 .5 1. -.5 +.5e-3 1E5 6.02e+23 1_0.5 0.1 100000000000000000000 9007199254740992'.split(' '),
  ...'2001-01-01 2001-12-14t21:59:43.10-05:00 = 1e 0x . 1-2 1_ _1 0. 00 0_7 +0755 -0755 -0x1f +0x1f'.split(' '),
  ...'0X1F 0B1 0O7 0b -0b11 -0o7 1__0 0x1_ 1e_3 1_e3 1e+3_0 0x1p4 -.5e5 1.2.3 + 1e400 .e3 0b12 0o 9e9_ .1_0 -1_0'.split(
    ' ',
  ),
  ...'0b-1 0o-7 -_1 1e05 1.7976931348623157e309 4.9e-330 1_0e2 +0o7 +.5 -1. 0_ 0b_1 0o_7 -08 08.5 1._5'.split(' '),
  '!!str 5',
  '!!int "5"',
  '!!binary aGVsbG8=',
  '!!float 3',
  '!!bool "yes"',
  '!!null ""',
  '! yes',
  '!!timestamp 2001-01-01',
];

describe('parseYamlDocuments', () => {
  it('gives all documents, empty ones as null', () => {
    expect(valueOf('a: 1\n---\n# nothing\n---\n- b\n')).toEqual([{ a: 1 }, null, ['b']]);
    expect(valueOf('# nothing\n')).toEqual([]);
  });

  it('reads what a chart means by octal modes, yes, and dates', () => {
    const text = 'mode: 0644\nenabled: yes\nday: 2026-11-22\ntime: 12:30\nport: "8080"\n1: one\ntrue: two\n';
    const value = { mode: 420, enabled: true, day: '2026-11-22', time: '12:30', port: '8080', '1': 'one', true: 'two' };
    expect(valueOf(text)).toEqual([value]);
  });

  it.skipIf(findHelm() === undefined)('reads every form of scalar as the Go reader of Kubernetes does', () => {
    const read = readLikeGo(
      findHelm() ?? '',
      forms.map((form) => `a: ${form}\n`),
    );
    for (const [at, form] of forms.entries()) expect([form, valueOf(`a: ${form}\n`)[0]]).toEqual([form, read[at]]);
  });

  it('accepts a closing bracket that is indented no more than its key, as Go does', () => {
    expect(valueOf('spec:\n  args: [\n    "yes", yes\n  ]\n  map: {\n  }\n')).toEqual([
      { spec: { args: ['yes', true], map: {} } },
    ]);
  });

  it('shares what aliases name', () => {
    expect(valueOf('a: &x {k: [1]}\nb: *x\nc: [*x]\n')).toEqual([{ a: { k: [1] }, b: { k: [1] }, c: [{ k: [1] }] }]);
  });

  it('names the line of what it refuses', () => {
    expect(found('a: 1\nb: 2\na: 3\n')).toBe('document-undecodable: line 3: expected each key once, found "a" again');
    expect(found('1: a\n"1": b\n')).toContain('line 2: expected each key once');
    expect(found('x: &a {k: 1}\ny:\n  <<: *a\n')).toContain('line 3: expected plain mappings, found a merge key');
    expect(found('a: !custom x\n')).toContain('line 1: expected no custom tags, found "!custom"');
    expect(found('a: !!js/function x\n')).toContain('tag !!js/function');
    expect(found('a: !!set {x, z}\n')).toContain('expected no custom tags');
    expect(found('a: *nope\n')).toContain('expected an anchor &nope before its alias');
    expect(found('a: &x [*x]\n')).toContain('expected an anchor &x before its alias');
    expect(found('__proto__: {admin: true}\n')).toContain('found __proto__');
    expect(found('? [a]\n: b\n')).toContain('expected text as key');
    expect(found('a: .inf\n')).toContain('a finite number, found .inf');
    expect(found('a: 9007199254740993\n')).toContain('quote it if it is text');
    expect(found('a: "open\n')).toMatch(/^document-undecodable: line \d+: /);
    expect(found('a: b: c\n')).toMatch(/^document-undecodable: line 1: /);
  });

  it('leaves Object.prototype alone', () => {
    expect(valueOf('constructor: {prototype: {x: 1}}\ntoString: 1\n')).toEqual([
      { constructor: { prototype: { x: 1 } }, toString: 1 },
    ]);
    expect(({} as Record<string, unknown>)['x']).toBe(undefined);
  });

  it('refuses an alias bomb, a deep nest and too much text', () => {
    const levels = Array.from({ length: 9 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`);
    expect(found(['l0: &l0 [lol]', ...levels].join('\n'))).toContain(
      'document-too-large: line 7: expected aliases that add',
    );
    expect(found(`a: &a "${'x'.repeat(500_000)}"\nb: [*a, *a, *a]\n`)).toContain('document-too-large: line 2');
    expect(found('['.repeat(20_000))).toContain('document-too-large: line 1: nesting exceeded');
    expect(found(`${'- '.repeat(20_000)}x`)).toContain('document-too-large');
    expect(found(`a: ${'x'.repeat(9 << 20)}`)).toContain('characters');
    expect(found(`{a: [\n${'[\n'.repeat(300_000)}`)).toContain('document-too-large');
  });

  it('answers any text with a value or a problem, never with another error', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '!!str ',
      '"',
      "'",
      '|',
      '>',
      '<<',
      '#',
      '---\n',
      '1',
      '?',
      '%',
      '\t',
      ',',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (some) => {
        const result = parse(some.join(''));
        if (result.ok) expect(() => JSON.stringify(result.value satisfies readonly Json[])).not.toThrow();
        else expect(result.problems).toHaveLength(1);
      }),
      { numRuns: 5_000 },
    );
  });

  it.skipIf(findHelm() === undefined)('reads a syntax that both accept as the Go reader does', () => {
    const pieces = fc.constantFrom(
      'a',
      'b: ',
      'c: ',
      '\n',
      '\n  ',
      '\n- ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      'yes',
      '1',
      '"q"',
      ', ',
      '|\n  ',
      '012',
    );
    const texts = fc
      .sample(fc.array(pieces, { minLength: 2, maxLength: 10 }), { numRuns: 3_000, seed: 11 })
      .map((some) => `k: 1\n${some.join('')}`);
    const read = readLikeGo(findHelm() ?? '', texts);
    let compared = 0;
    for (const [at, text] of texts.entries()) {
      const result = parse(text);
      const go = read[at];
      if (!result.ok || result.value.length !== 1 || typeof go !== 'object' || go === null || 'Error' in go) continue;
      compared += 1;
      expect([text, result.value[0]]).toEqual([text, go]);
    }
    expect(compared).toBeGreaterThan(100);
  });
});
