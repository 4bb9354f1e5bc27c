import { stringify } from 'yaml';
import type { Bundle, KubernetesObject, ManifestFile } from '#domain/manifest.ts';
import { toIdentity } from '#domain/manifest.ts';

function toFile(object: KubernetesObject): ManifestFile {
  const identity = toIdentity(object);
  const path = `${identity.kind.toLowerCase()}.${identity.namespace}-${identity.name}.yaml`;
  return { path, identity, text: stringify(object) };
}

/** A bundle with these objects, CRDs in their own part. */
export function makeBundle(...objects: readonly KubernetesObject[]): Bundle {
  const isCrd = (object: KubernetesObject): boolean => object.kind === 'CustomResourceDefinition';
  return {
    crds: objects.filter(isCrd).map(toFile),
    main: objects.filter((object) => !isCrd(object)).map(toFile),
    hooks: [],
  };
}
