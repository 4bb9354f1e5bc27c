import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClusterKey, type GroupRef, toCloudKey, toGroupKey, toGroupRef } from '#domain/group.ts';
import {
  normaliseGitUrl,
  toDeploymentLabel,
  toGroupWorkflowId,
  toObjectName,
  toShard,
  toSlug,
  toWatchWorkflowId,
  toWriterWorkflowId,
} from '#domain/names.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const gid = '1234567890123456789';

const alphabet = ['a', 'b', 'X', 'Y', '0', '9', '-', '_', '.'];
/** EMCO's names: 1 to 128 of these, a letter or digit first and last. */
const emcoName = fc
  .string({ unit: fc.constantFrom(...alphabet), minLength: 0, maxLength: 126 })
  .map((middle) => `a${middle}z`);
const groupRef = fc.record({ project: emcoName, compositeApp: emcoName, version: emcoName, group: emcoName });
const bytes = (text: string): number => Buffer.byteLength(text);

describe('the workflow id of a group', () => {
  const longest: GroupRef = {
    project: 'p'.repeat(128),
    compositeApp: 'c'.repeat(128),
    version: 'v'.repeat(128),
    group: 'g'.repeat(128),
  };

  it('is its four names where they are short', () => {
    const ref = { project: 'shop', compositeApp: 'store', version: 'v1', group: 'north' };
    expect(toGroupWorkflowId(ref, sha256)).toBe('dig:shop:store:v1:north');
    const cloud = toGroupRef(toCloudKey('shop', 'north'));
    expect(toGroupWorkflowId(cloud, sha256)).toBe('lc:shop:north');
    expect(toGroupKey(cloud)).toBe('/projects/shop/logical-clouds/north');
  });

  it('has at most 200 bytes at EMCO’s longest names, each cut to 32 and a hash of the full names behind', () => {
    const id = toGroupWorkflowId(longest, sha256);
    const cut = ['p', 'c', 'v', 'g'].map((letter) => letter.repeat(32)).join(':');
    expect(id).toBe(`dig:${cut}:${sha256(Object.values(longest).join(':')).slice(0, 16)}`);
    expect(bytes(id)).toBeLessThanOrEqual(200);
  });

  it('differs where only the last character of the longest names differs', () => {
    const other = { ...longest, group: `${'g'.repeat(127)}h` };
    expect(toGroupWorkflowId(other, sha256)).not.toBe(toGroupWorkflowId(longest, sha256));
  });

  it('is the same for the same names and another for others, within 200 bytes, whatever EMCO allows', () => {
    fc.assert(
      fc.property(groupRef, groupRef, (one, other) => {
        const id = toGroupWorkflowId(one, sha256);
        expect(bytes(id)).toBeLessThanOrEqual(200);
        expect(toGroupWorkflowId({ ...one }, sha256)).toBe(id);
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(toGroupWorkflowId(other, sha256) === id).toBe(isSame);
      }),
    );
  });
});

describe('the workflow id of a Git writer', () => {
  const id = (url: string, branch = 'main'): string => toWriterWorkflowId(url, branch, sha256);

  it('names host, path and branch', () => {
    expect(id('https://git.example:8443/fleet/one.git')).toBe('git:git.example:8443/fleet/one#main');
  });

  it.each([
    'https://git.example/fleet/one',
    'https://git.example/fleet/one.git',
    'https://git.example/fleet/one/',
    'HTTPS://GIT.example/fleet/one',
    'https://robot:secret@git.example/fleet/one.git',
    'https://git.example/fleet/one.git?x=1#y',
    'http://git.example/fleet/one',
  ])('is one for all spellings of a repository: %s', (url) => {
    expect(id(url)).toBe('git:git.example/fleet/one#main');
  });

  it('keeps no credentials', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ':', '%'), minLength: 6 }), (secret) => {
        expect(normaliseGitUrl(`https://u:${secret}@git.example/fleet`)).toBe('git.example/fleet');
      }),
    );
  });

  it('differs by branch, host and path, also for addresses that have no scheme', () => {
    const ids = [
      id('https://a.example/x'),
      id('https://a.example/x', 'next'),
      id('https://b.example/x'),
      id('https://a.example/X'),
      id('a.example:x'),
      id('a.example:y'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has at most 200 bytes and stays distinct, whatever path and branch are', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400 }).map((one) => one.replaceAll(/[/?#@]/g, ''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [first, second] = [id('https://a.example/x', one), id('https://a.example/x', other)];
        expect(bytes(first)).toBeLessThanOrEqual(200);
        expect(first === second).toBe(one === other);
      }),
    );
  });
});

describe('a slug', () => {
  it.each([
    ['web', 'web'],
    ['web-2', 'web-2'],
    ['Web', `web-${sha256('Web').slice(0, 8)}`],
    ['my_app.v1', `my-app-v1-${sha256('my_app.v1').slice(0, 8)}`],
    ['..', sha256('..').slice(0, 8)],
  ])('of %s is %s', (name, slug) => {
    expect(toSlug(name, 40, sha256)).toBe(slug);
  });

  it('that a name took from another by ending like a hash gets a hash of its own', () => {
    const taken = toSlug('Web', 40, sha256);
    expect(toSlug(taken, 40, sha256)).not.toBe(taken);
  });

  it('is a DNS label within its limit, the same each time, and distinct for distinct names', () => {
    fc.assert(
      fc.property(emcoName, emcoName, fc.integer({ min: 13, max: 63 }), (one, other, max) => {
        const slug = toSlug(one, max, sha256);
        expect(slug).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
        expect(slug.length).toBeLessThanOrEqual(max);
        expect(toSlug(other, max, sha256) === slug).toBe(one === other);
      }),
    );
  });
});

describe('names in clusters', () => {
  it('of agent objects say group and app, and keep the limit of every agent', () => {
    expect(toObjectName(gid, 'web', { max: 63, sha256 })).toBe(`emco-${gid}-web`);
    fc.assert(
      fc.property(emcoName, fc.constantFrom(38, 45, 63), (app, max) => {
        const name = toObjectName(gid, app, { max, sha256 });
        expect(name.length).toBeLessThanOrEqual(max);
        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      }),
    );
  });

  it('in the deployment label fit into 63 characters', () => {
    expect(toDeploymentLabel(gid, 'web', sha256)).toBe(`${gid}-web`);
    fc.assert(
      fc.property(emcoName, (app) => {
        expect(toDeploymentLabel(gid, app, sha256)).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
    );
  });
});

describe('the shard of a cluster', () => {
  it('is the same each time, and 1,000 clusters spread over all 16', () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `edge+c${i}` as ClusterKey);
    const shards = keys.map((key) => toShard(key, 16, sha256));
    expect(keys.map((key) => toShard(key, 16, sha256))).toEqual(shards);
    const sizes = [...Map.groupBy(shards, (shard) => shard)].map(([, all]) => all.length);
    expect(sizes).toHaveLength(16);
    expect(Math.max(...sizes)).toBeLessThan(2 * (1000 / 16));
  });

  it('names the watch workflow', () => expect(toWatchWorkflowId(3)).toBe('watch:3'));
});
