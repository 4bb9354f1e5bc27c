import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readOwnership, toLastWriter, toOwnedFields, toOwnershipText } from '#domain/field-ownership.ts';
import type { JsonObject } from '#domain/json.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const entry = (manager: string, fields: JsonObject, more: JsonObject = {}): JsonObject => ({
  manager,
  operation: 'Apply',
  time: '2026-01-01T00:00:00Z',
  fieldsV1: fields,
  ...more,
});

const object = (...managedFields: readonly JsonObject[]): JsonObject => ({ metadata: { name: 'web', managedFields } });

const ours = entry('emco', { 'f:data': { 'f:colour': {}, 'f:size': {} } });

describe('the digest of our fields', () => {
  it('is the same whatever others own, and another one when somebody took a field', () => {
    const digest = toOwnedFields(object(ours), sha256);
    const status = entry('controller', { 'f:status': {} }, { operation: 'Update', subresource: 'status' });
    expect(toOwnedFields(object(status, ours), sha256)).toBe(digest);
    const taken = entry('emco', { 'f:data': { 'f:size': {} } });
    expect(toOwnedFields(object(taken), sha256)).not.toBe(digest);
  });

  it('is empty for an object that we did not apply, or only updated', () => {
    expect(toOwnedFields(object(), sha256)).toBe('');
    expect(toOwnedFields(object(entry('emco', { 'f:data': {} }, { operation: 'Update' })), sha256)).toBe('');
    expect(toOwnedFields({ metadata: {} }, sha256)).toBe('');
  });
});

describe('the last writer', () => {
  it('is the newest besides us and besides who reports a status', () => {
    const edit = entry('kubectl-edit', {}, { time: '2026-01-02T00:00:00Z', operation: 'Update' });
    const status = entry('controller', {}, { time: '2026-01-03T00:00:00Z', subresource: 'status' });
    expect(toLastWriter(object(entry('helm', {}), edit, status, ours))).toBe('kubectl-edit');
    expect(toLastWriter(object(ours))).toBe('');
  });
});

describe('the annotation of an inventory', () => {
  it('gives back the digest of each identity and nothing for others', () => {
    const read = readOwnership(
      toOwnershipText(
        new Map([
          ['/ConfigMap/a/b', '01234567'],
          ['apps/Deployment/a/b', '89abcdef'],
        ]),
        sha256,
      ),
      sha256,
    );
    expect(read('/ConfigMap/a/b')).toBe('01234567');
    expect(read('apps/Deployment/a/b')).toBe('89abcdef');
    expect(read('/Secret/a/b')).toBe('');
    expect(readOwnership('', sha256)('/ConfigMap/a/b')).toBe('');
  });
});
