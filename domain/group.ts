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

export const toGroupKey = (ref: GroupRef): GroupKey =>
  `/projects/${ref.project}/composite-apps/${ref.compositeApp}/${ref.version}/deployment-intent-groups/${ref.group}` as GroupKey;

export function toGroupRef(key: GroupKey): GroupRef {
  const [, , project = '', , compositeApp = '', version = '', , group = ''] = key.split('/');
  return { project, compositeApp, version, group };
}
