/** EMCO's generic action controller as a pure function: new and changed objects, different by cluster. */
import type { ClusterKey } from '#domain/group.ts';
import type { GenericResource } from '#domain/inputs.ts';
import type { Customiser, CustomiseRequest, Variant } from '#domain/ports/plugins.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import { type ClusterGroup, type ClusterHits, toClusterHits } from './cluster-hits.ts';
import { type Findings, makeFindings } from './findings.ts';
import { type ObjectMaker, makeObjectMaker, toWords } from './make-objects.ts';
import {
  type ManifestSet,
  type MutableSet,
  changeObject,
  copyOf,
  findTargets,
  makeManifestSet,
  putObject,
} from './manifest-set.ts';

export interface GacDeps {
  readonly parseYaml: ParseYamlDocuments;
}

/**
 * Clusters that the same customizations meet share one variant. Objects that nothing changes are shared between all
 * variants, objects that the same customizations change between the variants that have them.
 */
export function makeGac({ parseYaml }: GacDeps): Customiser {
  return {
    customise(request) {
      const findings = makeFindings();
      const maker = makeObjectMaker({ request, findings, parseYaml });
      const hits = toClusterHits(request.resources, request.clusters);
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
  readonly request: CustomiseRequest;
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
  readonly resource: GenericResource;
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

function warnOfIdle(findings: Findings, resources: readonly GenericResource[], { idle }: ClusterHits): void {
  for (const resource of resources) {
    const what = resource.newObject ? 'is made on every cluster of the app' : 'changes nothing';
    if (resource.customizations.length === 0) findings.warn(`${toWords(resource)} has no customization: it ${what}`);
    for (const { name, patchType, patchJson } of resource.customizations) {
      if (patchType !== '' || patchJson.length === 0) continue;
      findings.warn(`customization ${name} of ${toWords(resource)} has a patchJson without patchType: it is ignored`);
    }
  }
  for (const { resource, customization } of idle) {
    const of = resources[resource];
    if (of)
      findings.warn(
        `customization ${of.customizations[customization]?.name ?? ''} of ${toWords(of)} meets no cluster of app ${of.app}`,
      );
  }
}
