import { assert, constantFrom, jsonValue, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepestJson, JsonRefusal, readJson } from '#api/engine/json-reader.ts';

function refusalOf(text: string): string {
  try {
    readJson(text);
  } catch (error) {
    if (error instanceof JsonRefusal) return error.message;
    throw error;
  }
  return 'was read';
}

describe('the JSON reader', () => {
  it('reads what JSON.parse reads, and gives the same', () => {
    assert(
      property(jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes('__proto__')) return;
        expect(readJson(text)).toEqual(JSON.parse(text));
        expect(readJson(` \n${JSON.stringify(value, null, 2)}\t`)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never reads what JSON.parse refuses', () => {
    assert(
      property(string({ unit: constantFrom(...'{}[]",:0-1e.tfnul\\ '.split('')) }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(refusalOf(text) === 'was read').toBe(isJson && !hasTwice(text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['{"metadata":{"name":"x', 'unexpected EOF'],
    ['{bad', "invalid character 'b' looking for beginning of object key string"],
    ['bad', "invalid character 'b' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\\\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['tru3', "invalid character '3' in literal true (expecting 'e')"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['', 'unexpected EOF'],
  ])("refuses %j with EMCO's text", (text, message) => {
    expect(refusalOf(text)).toBe(message);
  });

  it('refuses a key that comes twice, __proto__, and numbers without end', () => {
    expect(refusalOf('{"a":1,"b":2,"a":3}')).toBe('key "a" occurs twice');
    expect(refusalOf(String.raw`{"a":1,"\u0061":3}`)).toBe('key "a" occurs twice');
    expect(refusalOf('{"__proto__":{"admin":true}}')).toBe('key "__proto__" is not allowed');
    expect(refusalOf('1e999')).toContain('too large');
  });

  it('stops at the deepest level instead of at the end of the stack', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(refusalOf(nested(deepestJson))).toBe('was read');
    expect(refusalOf(nested(100_000))).toBe(`more than ${deepestJson} levels of nesting`);
  });
});

/** Whether a text has an object with a key twice: the one thing that we refuse and JSON.parse does not. */
const hasTwice = (text: string): boolean => refusalOf(text).includes('occurs twice');
