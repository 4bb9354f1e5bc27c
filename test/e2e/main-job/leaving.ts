/** How a group leaves: the order of its apps on the clusters and of its commits in Git. */
import { expect } from 'vitest';
import type { Step } from './commits.ts';
import type { Group } from './group.ts';
import { find } from './live.ts';
import { apps, placed } from './shop.ts';
import { fluxClusters, type World } from './world.ts';

const workloads = {
  web: ['deployment', 'shop-web'],
  api: ['deployment', 'shop-api'],
  db: ['statefulSet', 'shop-db'],
} as const;

/** Looks until all are gone from all clusters and says in which order the apps went. */
export async function watchLeaving({ cluster }: World, group: Group): Promise<readonly string[]> {
  const order: string[] = [];
  const deadline = performance.now() + 120_000;
  while (order.length < apps.length && performance.now() < deadline) {
    for (const app of ['web', 'api', 'db'] as const) {
      const [kind, name] = workloads[app];
      const left = await Promise.all(placed[app].map((place) => find(cluster(place).api, kind, name)));
      if (left.every((one) => one === null) && !order.includes(app)) order.push(app);
    }
  }
  if (order.length < apps.length)
    throw new Error(`found only ${order.join()} gone: ${(await group.messages()).join()}`);
  return order;
}

/** Per app: the agent object leaves the cluster's file before its folder goes; apps backwards; markers last. */
export function expectRemovalInOrder(steps: readonly Step[], gid: string): void {
  const lastIndex = (holds: (path: string) => boolean): number =>
    steps.findLastIndex(({ removed }) => removed.some(holds));
  const firstIndex = (holds: (path: string) => boolean): number =>
    steps.findIndex(({ removed }) => removed.some(holds));
  const folders = ['web', 'api', 'db'].map((app) => ({
    first: firstIndex((path) => path.includes(`/${gid}/${app}/`)),
    last: lastIndex((path) => path.includes(`/${gid}/${app}/`)),
  }));
  expect(folders.map(({ first }) => first)).not.toContain(-1);
  for (const [index, { first }] of folders.entries()) {
    if (index > 0) expect(first).toBeGreaterThan(folders[index - 1]?.last ?? -1);
  }
  const agentFile = lastIndex((path) => path === `clusters/core+c3/emco/${gid}.yaml`);
  expect(agentFile).toBeGreaterThanOrEqual(0);
  expect(agentFile).toBeLessThan(folders[2]?.first ?? 0);
  for (const name of fluxClusters) {
    const marker = lastIndex((path) => path === `deploy/${name}/.emco`);
    expect(marker, name).toBe(lastIndex((path) => path.startsWith(`deploy/${name}/`)));
  }
}
