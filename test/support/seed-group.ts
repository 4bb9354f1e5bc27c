/** A group as a user makes it over HTTP: apps on Git clusters of one logical cloud. */
import { expect } from 'vitest';
import type { GroupKey } from '#domain/group.ts';
import { toGroupKey } from '#domain/group.ts';
import type { Call, Caller } from './api-client.ts';
import { makeChart } from './make-archive.ts';

export interface Seed {
  readonly project: string;
  readonly apps: readonly string[];
  readonly clusters: readonly string[];
}

export interface SeededGroup {
  readonly key: GroupKey;
  /** Path of the group, `/v2/…`. */
  readonly path: string;
  /** Path of the composite application. */
  readonly version: string;
  readonly cloud: string;
}

const named = (name: string, spec?: object) => ({ metadata: { name }, ...(spec === undefined ? {} : { spec }) });

export async function seedGroup(http: Caller, { project, apps, clusters }: Seed): Promise<SeededGroup> {
  const made = async (path: string, rest: Omit<Call, 'path' | 'method'>) => {
    const answer = await http.post(path, rest);
    expect(answer.status, `POST ${path}: ${answer.text}`).toBe(201);
  };
  const provider = `/v2/cluster-providers/${project}`;
  const root = `/v2/projects/${project}`;
  const cloud = `${root}/logical-clouds/lc`;
  const version = `${root}/composite-apps/ca/v1`;
  const path = `${version}/deployment-intent-groups/g`;
  await made('/v2/cluster-providers', { json: named(project) });
  await made('/v2/projects', { json: named(project) });
  await made(`${root}/logical-clouds`, { json: named('lc', { level: '0' }) });
  for (const cluster of clusters) {
    await made(`${provider}/clusters`, { metadata: named(cluster, { gitOps: { gitOpsType: 'fluxcd' } }) });
    await made(`${cloud}/cluster-references`, { json: named(cluster, { clusterProvider: project, cluster }) });
  }
  await made(`${root}/composite-apps`, { json: named('ca', { compositeAppVersion: 'v1' }) });
  for (const app of apps) {
    await made(`${version}/apps`, { metadata: named(app), files: [['file', 'chart.tgz', await makeChart(app)]] });
  }
  await made(`${version}/composite-profiles`, { json: named('cp') });
  const spec = { compositeProfile: 'cp', version: 'r1', logicalCloud: 'lc', overrideValues: [] };
  await made(`${version}/deployment-intent-groups`, { json: named('g', spec) });
  await made(`${path}/intents`, { json: named('i', { intent: { genericPlacementIntent: 'gpi' } }) });
  await made(`${path}/generic-placement-intents`, { json: named('gpi') });
  const allOf = clusters.map((cluster) => ({ clusterProvider: project, cluster }));
  for (const app of apps) {
    await made(`${path}/generic-placement-intents/gpi/app-intents`, { json: named(app, { app, intent: { allOf } }) });
  }
  return { key: toGroupKey({ project, compositeApp: 'ca', version: 'v1', group: 'g' }), path, version, cloud };
}

/** Brings the cloud up and approves, so that the group can be instantiated. */
export async function approveGroup(http: Caller, { path, cloud }: SeededGroup): Promise<void> {
  for (const verb of [`${cloud}/instantiate`, `${path}/approve`]) {
    const answer = await http.post(verb);
    expect(answer.status, `${verb}: ${answer.text}`).toBe(202);
  }
}
