import { parse } from 'yaml';
import { deploymentLabelName, toDeploymentLabel } from '#domain/names.ts';
import { Failure } from '#domain/failure.ts';
import { applySet } from '#domain/inventory.ts';
import { toInstallRank } from '#domain/install-order.ts';
import { isJsonObject } from '#domain/json.ts';
import type { Json } from '#domain/json.ts';
import { isKubernetesObject, toApiGroup, toApiVersion, toIdentity, toIdentityKey } from '#domain/manifest.ts';
import type { Bundle, KubernetesObject, ManifestFile } from '#domain/manifest.ts';
import type { KindRef } from '#domain/ports/api-server.ts';
import type { Session } from './session.ts';

export const definitionKind = 'CustomResourceDefinition';

export const isDefinition = (object: KubernetesObject): boolean =>
  object.kind === definitionKind && toApiGroup(object.apiVersion) === 'apiextensions.k8s.io';

export const isNamespace = (object: KubernetesObject): boolean =>
  object.kind === 'Namespace' && object.apiVersion === 'v1';

export const toKindRef = (object: KubernetesObject): KindRef => ({
  group: toApiGroup(object.apiVersion),
  version: toApiVersion(object.apiVersion),
  kind: object.kind,
});

/** The ApplySet's name for a kind: `Deployment.apps`. */
export const toGroupKind = ({ group, kind }: Pick<KindRef, 'group' | 'kind'>): string =>
  group === '' ? kind : `${kind}.${group}`;

export const fromGroupKind = (groupKind: string): KindRef => {
  const dot = groupKind.indexOf('.');
  if (dot < 0) return { group: '', version: '', kind: groupKind };
  return { group: groupKind.slice(dot + 1), version: '', kind: groupKind.slice(0, dot) };
};

/** All objects of a bundle but hooks, in install order, marked as members of the ApplySet. */
export function readMembers(session: Session, content: Bundle, applySetId: string): readonly KubernetesObject[] {
  const { gid, app } = session.subject;
  const label = toDeploymentLabel(gid, app, session.sha256);
  const objects = [...content.crds, ...content.main].map(readManifest);
  const ranked = objects.map((object) => ({ object, rank: toInstallRank(object.kind), key: toKey(object) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  return ranked.map(({ object }) => mark(object, { [deploymentLabelName]: label, [applySet.partOf]: applySetId }));
}

export const toKey = (object: KubernetesObject): string => toIdentityKey(toIdentity(object));

export const readObjects = (files: readonly ManifestFile[]): readonly KubernetesObject[] => files.map(readManifest);

function readManifest({ path, text }: ManifestFile): KubernetesObject {
  const value = parse(text) as Json; // YAML's core schema gives JSON values only
  if (isKubernetesObject(value)) return value;
  throw new Failure('object-refused', [
    { object: `file ${path}`, expected: 'one Kubernetes object', found: 'another value' },
  ]);
}

/** A CRD belongs to the cluster, not to the app, so it gets no mark. */
function mark(object: KubernetesObject, labels: Readonly<Record<string, string>>): KubernetesObject {
  if (isDefinition(object)) return object;
  const present = object.metadata['labels'];
  const kept = isJsonObject(present) ? present : {};
  return { ...object, metadata: { ...object.metadata, labels: { ...kept, ...labels } } };
}
