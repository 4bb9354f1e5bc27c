/** Names that fit into somebody's limit: one place that cuts and hashes. The hash is passed in: SHA-256, lower-case hex. */
import type { ClusterKey, GroupRef } from './group.ts';

export type Sha256 = (text: string) => string;

/** Longest workflow id that we make; Temporal's PostgreSQL column holds 255. */
const longestWorkflowId = 200;

/**
 * `dig:{project}:{compositeApp}:{version}:{group}`, and `lc:{project}:{cloud}` for a logical cloud. Past 200 bytes each
 * name is cut to 32 and 16 hex digits of the SHA-256 of the full name follow.
 */
export function toGroupWorkflowId(ref: GroupRef, sha256: Sha256): string {
  if (ref.compositeApp === '') return toWorkflowId('lc', [ref.project, ref.group], sha256);
  const names = [ref.project, ref.compositeApp, ref.version, ref.group];
  return toWorkflowId('dig', names, sha256);
}

/** `git:{host}/{path}#{branch}` of a normalised URL. */
export const toWriterWorkflowId = (url: string, branch: string, sha256: Sha256): string =>
  toWorkflowId('git', [`${normaliseGitUrl(url)}#${branch}`], sha256);

export const toWatchWorkflowId = (shard: number): string => `watch:${shard}`;

function toWorkflowId(prefix: string, names: readonly string[], sha256: Sha256): string {
  const full = [prefix, ...names].join(':');
  if (full.length <= longestWorkflowId && isAscii(full)) return full;
  const kept = names.length === 1 ? 160 : 32;
  const cut = names.map((name) => name.slice(0, kept).replace(/[^!-~]/g, '_'));
  return [prefix, ...cut, sha256(names.join(':')).slice(0, 16)].join(':');
}

/** One byte a character, so that a length in characters is one in bytes; a branch may be named otherwise. */
const isAscii = (text: string): boolean => /^[!-~]*$/.test(text);

/** `host[:port]/path` in lower-case host, without scheme, credentials, query, trailing slash and `.git`. */
export function normaliseGitUrl(url: string): string {
  const [, rest = url] = /^[a-z+]+:\/\/(.*)$/i.exec(url) ?? [];
  const bare = rest.replace(/[?#].*$/, '').replace(/^[^/@]*@/, '');
  const slash = bare.indexOf('/');
  const host = slash < 0 ? bare : bare.slice(0, slash);
  const path = slash < 0 ? '' : bare.slice(slash);
  return `${host.toLowerCase()}${path.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}

/**
 * `[a-z0-9-]` only; 8 hex digits of the name's hash follow whenever the slug differs from the name or is cut, and where the
 * name itself ends like one with a hash, so that no name can take the slug of another.
 */
export function toSlug(name: string, max: number, sha256: Sha256): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (slug === name && slug.length <= max && !/(^|-)[0-9a-f]{8}$/.test(slug)) return slug;
  const kept = slug.slice(0, max - 9).replace(/-+$/, '');
  const hash = sha256(name).slice(0, 8);
  return kept === '' ? hash : `${kept}-${hash}`;
}

/** Name of an agent's object for (group, app), within the agent's limit: `emco-<gid>-web`. */
export const toObjectName = (gid: string, app: string, options: { max: number; sha256: Sha256 }): string =>
  `emco-${gid}-${toSlug(app, options.max - gid.length - 6, options.sha256)}`;

/** Longest name of a file or folder in Git and on the disks that it is checked out to. */
const longestSegment = 255;

/** `<provider>+<cluster>`; two of EMCO's longest names are cut, and 16 hex digits of the SHA-256 of both follow. */
export const toClusterFolder = (cluster: ClusterKey, sha256: Sha256): string =>
  cluster.length <= longestSegment ? cluster : `${cluster.slice(0, 200)}-${sha256(cluster).slice(0, 16)}`;

export const deploymentLabelName = 'emco/deployment-id';

/** Value of the label on every object of the app, fixed for the group's life; at most 63 characters. */
export const toDeploymentLabel = (gid: string, app: string, sha256: Sha256): string =>
  `${gid}-${toSlug(app, 62 - gid.length, sha256)}`;

/** Shard of a cluster among `shards` watch workflows. */
export const toShard = (cluster: ClusterKey, shards: number, sha256: Sha256): number =>
  Number.parseInt(sha256(cluster).slice(0, 8), 16) % shards;
