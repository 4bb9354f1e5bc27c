import type { Registration } from './protocol.ts';

/** The status that a client wants to hear of, as a path below the server's root; null for what has none here. */
export function toStatusPath({ digKey, lcKey, statusType, output, ...filters }: Registration): string | null {
  const base = digKey === undefined ? (lcKey === undefined ? null : toCloud(lcKey)) : toGroup(digKey);
  if (base === null) return null;
  const query = new URLSearchParams({
    status: statusType === 'READY' ? 'ready' : 'deployed',
    output: output === 'ALL' ? 'all' : 'summary',
  });
  for (const app of filters.apps) query.append('app', app);
  for (const cluster of filters.clusters) query.append('cluster', cluster);
  for (const resource of filters.resources) query.append('resource', resource);
  return `/v2/projects/${base}/status?${query.toString()}`;
}

const toGroup = (key: NonNullable<Registration['digKey']>): string => {
  const names = [key.project, key.compositeApp, key.compositeAppVersion, key.deploymentIntentGroup];
  const [project, app, version, group] = names.map(encodeURIComponent);
  return `${project}/composite-apps/${app}/${version}/deployment-intent-groups/${group}`;
};

const toCloud = ({ project, logicalCloud }: NonNullable<Registration['lcKey']>): string =>
  `${encodeURIComponent(project)}/logical-clouds/${encodeURIComponent(logicalCloud)}`;
