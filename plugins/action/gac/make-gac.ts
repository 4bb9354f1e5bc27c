/** EMCO's generic action controller as a pure function: new and changed objects, different by cluster. */
import type { ClusterKey } from '#domain/group.ts';
import type { Customiser, Variant } from '#domain/ports/plugins.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import { type ClusterGroup, type ClusterHits, toClusterHits, toClusterIndex } from './cluster-hits.ts';
import { toDataKind } from './data-object.ts';
import { type Findings, makeFindings } from './findings.ts';
import { findLookUps, resolveResources } from './look-ups.ts';
import { type ObjectMaker, makeObjectMaker } from './make-objects.ts';
import {
  type ManifestSet,
  type MutableSet,
  changeObject,
  copyOf,
  findTargets,
  makeManifestSet,
  putObject,
} from './manifest-set.ts';
import type { ResolvedCustomization, ResolvedRequest, ResolvedResource } from './resolved-resource.ts';
import { toCustomizationWords, toWords } from './words.ts';

export interface GacDeps {
  readonly parseYaml: ParseYamlDocuments;
}

/**
 * Clusters that the same customizations meet share one variant. Objects that nothing changes are shared between all
 * variants, objects that the same customizations change between the variants that have them.
 */
export function makeGac({ parseYaml }: GacDeps): Customiser {
  return {
    name: 'gac',
    lookUps: findLookUps,
    customise(asked) {
      const findings = makeFindings();
      const index = toClusterIndex(asked.clusters);
      const request = { ...asked, resources: resolveResources({ request: asked, index, findings }) };
      const maker = makeObjectMaker({ request, findings, parseYaml });
      const hits = toClusterHits(request.resources, request.clusters, index);
      warnOfIdle(findings, request.resources, hits);
      const base = makeManifestSet(request.objects);
      const work: Work = { request, findings, maker, base };
      const variants = hits.groups.map(
        (group): Variant => ({ clusters: group.clusters, objects: applyHits(work, group) }),
      );
      findings.throwIfAny();
      return { variants, warnings: findings.warnings() };
    },
  };
}

interface Work {
  readonly request: ResolvedRequest;
  readonly findings: Findings;
  readonly maker: ObjectMaker;
  readonly base: ManifestSet;
}

function applyHits(work: Work, { clusters, hits }: ClusterGroup): Variant['objects'] {
  if (hits.length === 0) return work.request.objects;
  const set = copyOf(work.base);
  for (let at = 0; at < hits.length; ) {
    const number = hits[at]?.resource ?? 0;
    const customizations: number[] = [];
    for (; hits[at]?.resource === number; at += 1) customizations.push(hits[at]?.customization ?? -1);
    const resource = work.request.resources[number];
    if (resource === undefined) continue;
    const own = customizations.filter((one) => one >= 0);
    if (resource.newObject) addObject(work, set, { number, resource, own });
    else patchObject(work, set, { number, resource, own, clusters });
  }
  return set.objects;
}

interface Step {
  readonly number: number;
  readonly resource: ResolvedResource;
  readonly own: readonly number[];
}

function addObject({ maker, findings }: Work, set: MutableSet, { number, resource, own }: Step): void {
  const object = maker.make(number, own);
  if (object === null) return;
  if (putObject(set, object, resource))
    findings.warn(`${toWords(resource)} replaces an object of the same kind and name`);
}

interface PatchStep extends Step {
  readonly clusters: readonly ClusterKey[];
}

function patchObject({ maker, findings, request }: Work, set: MutableSet, step: PatchStep): void {
  const { number, resource, own, clusters } = step;
  const places = findTargets(set, resource);
  const [place = -1] = places;
  const object = set.objects[place];
  if (object === undefined) {
    const expected = `an object of this kind and name among those of app ${request.app}`;
    return findings.report(toWords(resource), `${expected}, found none`, clusters);
  }
  if (places.length > 1) {
    const message = `one object of this kind and name in app ${request.app}, found ${places.length}`;
    return findings.report(toWords(resource), message, clusters);
  }
  changeObject(set, place, maker.change(object, number, own));
}

function warnOfIdle(findings: Findings, resources: readonly ResolvedResource[], { idle }: ClusterHits): void {
  for (const resource of resources) {
    const what = resource.newObject ? 'is made on every cluster of the app' : 'changes nothing';
    if (resource.customizations.length === 0) findings.warn(`${toWords(resource)} has no customization: it ${what}`);
    for (const customization of resource.customizations) {
      const ignored = findIgnored(resource, customization);
      if (ignored !== null) findings.warn(`${toCustomizationWords(customization, resource)} has ${ignored}`);
    }
  }
  for (const { resource, customization } of idle) {
    const [of, one] = [resources[resource], resources[resource]?.customizations[customization]];
    if (of && one) findings.warn(`${toCustomizationWords(one, of)} meets no cluster of app ${of.app}`);
  }
}

/** What the user wrote for nothing; files of other kinds are no finding, since EMCO's clients always send one. */
function findIgnored(resource: ResolvedResource, customization: ResolvedCustomization): string | null {
  const { patchType, patchJson, files, dataKeys } = customization;
  if (patchJson.length > 0 && patchType !== 'json')
    return `a patchJson ${patchType === '' ? 'without patchType' : `with patchType ${patchType}`}: it is ignored`;
  if (toDataKind(resource.kind) === null || files.length === 0) return null;
  const flagged = files.filter(({ fileName }) => dataKeys[fileName]?.mergePatch === true);
  if (flagged.length > 0 && patchType !== 'merge') return 'a file with mergePatch and another patchType: it is ignored';
  if (resource.newObject || flagged.length === files.length) return null;
  return 'data files, which only new objects take: they are ignored';
}
