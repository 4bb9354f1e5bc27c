import { describe, expect, it } from 'vitest';
import { checkTenant } from '#domain/check-tenant.ts';
import { toGroupKey } from '#domain/group.ts';

const group = (name: string) => toGroupKey({ project: 'p', compositeApp: 'ca', version: name, group: 'g' });

const inCloud = (name: string, lcid: string) => ({
  group: group('v1'),
  tenant: { cloud: group(name), name, lcid },
});

const open = { group: group('v2') };

describe('a migration and the logical cloud', () => {
  it('stays within one of level 1, and among those of level 0', () => {
    expect(checkTenant(inCloud('blue', '1'), { ...inCloud('blue', '1'), group: group('v2') }).ok).toBe(true);
    expect(checkTenant({ group: group('v1') }, open).ok).toBe(true);
  });

  it.each([
    { held: inCloud('blue', '1'), planned: inCloud('red', '2'), from: 'logical cloud blue', to: 'logical cloud red' },
    { held: inCloud('blue', '1'), planned: open, from: 'logical cloud blue', to: 'logical clouds of level 0' },
    { held: open, planned: inCloud('red', '2'), from: 'logical clouds of level 0', to: 'logical cloud red' },
    // deleted and made anew under its name
    { held: inCloud('blue', '1'), planned: inCloud('blue', '2'), from: 'logical cloud blue', to: 'logical cloud blue' },
  ])('is refused from $from to $to when the rights would be others', ({ held, planned, from, to }) => {
    expect(checkTenant(held, planned)).toEqual({
      ok: false,
      code: 'document-invalid',
      problems: [
        {
          object: `group ${held.group}`,
          expected: `to be migrated within ${from}`,
          found: `${to} of group ${planned.group}`,
        },
      ],
    });
  });
});
