/** File names of manifests: readable, the same for the same object, never the same for two objects. */
import type { ObjectIdentity } from './manifest.ts';
import { toIdentityKey } from './manifest.ts';
import type { Sha256 } from './names.ts';

export interface PathOptions {
  /** The group's own namespace: its objects have short names whatever it contains. */
  readonly namespace: string;
  readonly sha256: Sha256;
}

/** Git and file systems allow 255 bytes. */
const longest = 200;
const hashDigits = 16;

const plainName = /^[a-z0-9][a-z0-9.-]*$/;
/** A dash only where a dot follows before the next dash: such a segment can't be taken for a namespace. */
const plainGroup = /^[a-z0-9.]*(-[a-z0-9]*\.[a-z0-9.]*)*$/;

/**
 * `deployment.apps-shop-db.yaml`: kind, group, namespace and name; nothing between the dashes for a cluster-scoped
 * object. Where that text could also mean another object, or is no safe file name (upper case, colons, length), it is
 * cleaned and followed by `_` and 16 hex digits of the identity's SHA-256; `_` is in no plain file name.
 */
export function toManifestPath(id: ObjectIdentity, options: PathOptions): string {
  const kind = id.kind.toLowerCase();
  const text = `${id.group === '' ? kind : `${kind}.${id.group}`}-${id.namespace}-${id.name}`;
  if (text.length <= longest && isPlain(id, options.namespace)) return `${text}.yaml`;
  const clean = text.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  return `${clean.slice(0, longest - hashDigits)}_${options.sha256(toIdentityKey(id)).slice(0, hashDigits)}.yaml`;
}

/** Whether the text can be read back in one way only, given that all objects of `own` are written so. */
function isPlain(id: ObjectIdentity, own: string): boolean {
  if (!plainName.test(id.name) || !plainGroup.test(id.group)) return false;
  if (id.namespace === '' || id.namespace === own) return true;
  return /^[a-z0-9]+$/.test(id.namespace) && !own.startsWith(`${id.namespace}-`);
}
