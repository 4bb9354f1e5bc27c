import { describe, expect, it } from 'vitest';
import { chooseRepresentation, wantsJsonProblem } from '#api/engine/accept.ts';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('Accept', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['application/json, text/plain, */*', 'json'],
    [browser, 'json'],
    ['application/octet-stream', 'file'],
    ['multipart/form-data', 'both'],
    ['multipart/form-data;q=0.5, application/octet-stream;q=0.9', 'file'],
    ['text/html', null],
    ['application/json;q=0', null],
  ])('%j on a document with a file means %s', (header, form) => {
    expect(chooseRepresentation(header)).toBe(form);
  });

  it.each([
    [undefined, false],
    ['text/plain', false],
    ['application/json', true],
    ['application/problem+json', true],
    ['*/*', true],
    [browser, true],
  ])('%j lets problems be JSON: %s', (header, isJson) => {
    expect(wantsJsonProblem(header)).toBe(isJson);
  });
});
