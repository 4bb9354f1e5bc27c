/** A deployment intent group and the clusters it reaches, by name. */

export interface GroupRef {
  readonly project: string;
  readonly compositeApp: string;
  readonly version: string;
  readonly group: string;
}

/** The canonical path of a document without `/v2`, such as `/projects/p/composite-apps/ca/v1/apps/web`. */
export type DocumentKey = string & { readonly brand: 'DocumentKey' };

/** The key of a group's document: `/projects/p/composite-apps/ca/v1/deployment-intent-groups/g`. */
export type GroupKey = DocumentKey & { readonly group: true };

export interface ClusterRef {
  readonly provider: string;
  readonly cluster: string;
}

/** `provider+cluster`, EMCO's own spelling. */
export type ClusterKey = string & { readonly brand: 'ClusterKey' };

export const toClusterKey = (ref: ClusterRef): ClusterKey => `${ref.provider}+${ref.cluster}` as ClusterKey;

export function toClusterRef(key: ClusterKey): ClusterRef {
  const at = key.indexOf('+');
  return { provider: key.slice(0, at), cluster: key.slice(at + 1) };
}

export function toGroupKey(ref: GroupRef): GroupKey {
  if (ref.compositeApp === '') return toCloudKey(ref.project, ref.group);
  return `/projects/${ref.project}/composite-apps/${ref.compositeApp}/${ref.version}/deployment-intent-groups/${ref.group}` as GroupKey;
}

/** The key of a logical cloud's document. A cloud of level 1 runs as a group of one app under this key. */
export const toCloudKey = (project: string, cloud: string): GroupKey =>
  `/projects/${project}/logical-clouds/${cloud}` as GroupKey;

export const isCloudKey = (key: DocumentKey): boolean => /^\/projects\/[^/]+\/logical-clouds\/[^/]+$/.test(key);

/** A logical cloud has no composite application: its `compositeApp` and `version` are empty. */
export function toGroupRef(key: GroupKey): GroupRef {
  const [, , project = '', , compositeApp = '', version = '', , group = ''] = key.split('/');
  if (isCloudKey(key)) return { project, compositeApp: '', version: '', group: compositeApp };
  return { project, compositeApp, version, group };
}
