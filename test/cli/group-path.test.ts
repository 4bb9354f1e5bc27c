import { describe, expect, it } from 'vitest';
import { toGroupPath } from '#cli/group/group-path.ts';
import { startRecordingServer } from './recording-server.ts';
import { runEmco } from './run-emco.ts';

describe('what the command line names', () => {
  it('is a group or a logical cloud, by its names, its path or its workflow', () => {
    const group = '/v2/projects/p/composite-apps/ca/v1/deployment-intent-groups/g';
    for (const text of ['p/ca/v1/g', group, 'dig:p:ca:v1:g']) expect(toGroupPath(text).path).toBe(group);
    const cloud = { name: 'lc:p:shop', path: '/v2/projects/p/logical-clouds/shop' };
    for (const text of ['lc:p:shop', cloud.path, 'projects/p/logical-clouds/shop']) {
      expect(toGroupPath(text)).toEqual(cloud);
    }
    for (const text of ['lc:p', 'lc:p:a:b', 'p/shop']) expect(() => toGroupPath(text)).toThrow(/expected project/);
  });
});

describe('deleting the documents of a logical cloud', () => {
  const stdin = [
    'resourceContext: {anchor: projects/p/logical-clouds}\nmetadata: {name: shop}\n',
    'resourceContext: {anchor: projects/p/logical-clouds/shop/instantiate}\n',
  ].join('---\n');

  it('waits until what runs of a level 1 cloud is gone', async () => {
    let looks = 0;
    const operations = () => [
      { id: 'id-1', number: 2, kind: 'terminate', state: (looks += 1) < 4 ? 'accepted' : 'done' },
    ];
    await using server = await startRecordingServer(({ path }) =>
      path.endsWith('/operations') ? { status: 200, json: operations() } : undefined,
    );
    const { code, err } = await runEmco(['delete', '-f', '-'], { server: server.url, stdin });
    expect(code, err).toBe(0);
    const lines = server.lines();
    expect(lines[0]).toBe('POST /v2/projects/p/logical-clouds/shop/terminate');
    expect(lines.at(-1)).toBe('DELETE /v2/projects/p/logical-clouds/shop');
    expect(lines.filter((line) => line.endsWith('/operations')).length).toBeGreaterThan(3);
  });

  it('does not wait for a level 0 cloud, whose verbs are over when they are answered', async () => {
    await using server = await startRecordingServer(({ path }) =>
      path.endsWith('/operations') ? { status: 200, json: [] } : undefined,
    );
    expect((await runEmco(['delete', '-f', '-'], { server: server.url, stdin })).code).toBe(0);
    expect(server.lines()).toHaveLength(3);
  });
});
