/** The objects of one variant while resources are applied to them, found by kind and name. */
import { type KubernetesObject, toApiGroup } from '#domain/manifest.ts';

export interface ManifestSet {
  readonly objects: readonly KubernetesObject[];
  /** Places in `objects` by `kind name`, kind in lower case, also by the name that a resource gave its object. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/** What a resource says of its object. */
export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly objectName: string;
}

const toName = (kind: string, name: string): string => `${kind.toLowerCase()} ${name}`;

export function makeManifestSet(objects: readonly KubernetesObject[]): ManifestSet {
  const places = new Map<string, number[]>();
  for (const [place, object] of objects.entries()) {
    const name = toName(object.kind, object.metadata.name);
    const known = places.get(name);
    if (known) known.push(place);
    else places.set(name, [place]);
  }
  return { objects, places };
}

/** A copy that can be changed; the objects themselves are shared. */
export const copyOf = ({ objects, places }: ManifestSet): MutableSet => ({
  objects: [...objects],
  places: new Map(places),
});

export interface MutableSet {
  readonly objects: KubernetesObject[];
  readonly places: Map<string, readonly number[]>;
}

/**
 * Where the resource's object is. Kind without case; apiVersion decides only between objects of the same kind and name,
 * since EMCO's examples give `v1` for any.
 */
export function findTargets(set: ManifestSet, target: Target): readonly number[] {
  const all = set.places.get(toName(target.kind, target.objectName)) ?? [];
  if (all.length < 2) return all;
  const group = toApiGroup(target.apiVersion);
  const ofGroup = all.filter((place) => toApiGroup(set.objects[place]?.apiVersion ?? '') === group);
  return ofGroup.length > 0 ? ofGroup : all;
}

/** Adds the object, or puts it in place of the one with the same identity; says whether it replaced one. */
export function putObject(set: MutableSet, object: KubernetesObject, target: Target): boolean {
  const name = toName(object.kind, object.metadata.name);
  const same = set.places.get(name)?.find((place) => isSame(set.objects[place], object));
  const place = same ?? set.objects.length;
  set.objects[place] = object;
  addName(set, place, name);
  addName(set, place, toName(target.kind, target.objectName));
  return same !== undefined;
}

/** Puts the changed object back; a patch that renames it leaves it to be found under both names. */
export function changeObject(set: MutableSet, place: number, object: KubernetesObject): void {
  set.objects[place] = object;
  addName(set, place, toName(object.kind, object.metadata.name));
}

function addName(set: MutableSet, place: number, name: string): void {
  const places = set.places.get(name) ?? [];
  if (!places.includes(place)) set.places.set(name, [...places, place]);
}

/** A namespace that is left out may be any: the group's own is filled in later. */
function isSame(known: KubernetesObject | undefined, object: KubernetesObject): boolean {
  if (known === undefined || known.kind !== object.kind) return false;
  if (toApiGroup(known.apiVersion) !== toApiGroup(object.apiVersion)) return false;
  const [a = '', b = ''] = [known.metadata.namespace, object.metadata.namespace];
  return a === b || a === '' || b === '';
}
