/** What a resource and its customizations make of an object, remembered so that equal work is done once. */
import type { DataFile } from '#domain/inputs.ts';
import { type Json, type JsonObject, isJsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import { toObjects } from '#domain/to-objects.ts';
import { type PatchFile, type PatchSources, applyPatch } from './apply-customization.ts';
import {
  addFiles,
  checkData,
  fromDataTemplate,
  isDataObject,
  makeDataObject,
  toDataKind,
  withMembers,
} from './data-object.ts';
import type { Findings } from './findings.ts';
import { PatchError } from './patch-error.ts';
import type { ResolvedCustomization, ResolvedRequest, ResolvedResource } from './resolved-resource.ts';
import { toCustomizationWords, toWords } from './words.ts';

export interface ObjectMaker {
  /** The new object after the customizations, or null when that failed and was reported. */
  make(resource: number, customizations: readonly number[]): KubernetesObject | null;
  /** The existing object after the customizations; the object itself when that failed and was reported. */
  change(object: KubernetesObject, resource: number, customizations: readonly number[]): KubernetesObject;
}

interface MakerDeps {
  readonly request: ResolvedRequest;
  readonly findings: Findings;
  readonly parseYaml: ParseYamlDocuments;
  /** Merge patches that were read. */
  readonly patches: Map<BlobAddress, JsonObject>;
}

export function makeObjectMaker(given: Omit<MakerDeps, 'patches'>): ObjectMaker {
  const deps: MakerDeps = { ...given, patches: new Map() };
  const made = new Map<string, KubernetesObject | null>();
  const changed = new WeakMap<KubernetesObject, Map<string, KubernetesObject>>();
  return {
    make(at, customizations) {
      const key = [at, ...customizations].join(' ');
      const known = made.get(key);
      if (known !== undefined) return known;
      const object = makeObject(deps, at, { customizations, made });
      made.set(key, object);
      return object;
    },
    change(object, at, customizations) {
      const results = changed.get(object) ?? new Map<string, KubernetesObject>();
      changed.set(object, results);
      const key = [at, ...customizations].join(' ');
      const known = results.get(key);
      if (known !== undefined) return known;
      const result = applyAll(deps, at, { object, customizations }) ?? object;
      results.set(key, result);
      return result;
    },
  };
}

interface Making {
  readonly customizations: readonly number[];
  readonly made: Map<string, KubernetesObject | null>;
}

/** The template is read once for all variants, under the resource's number alone. */
function makeObject(deps: MakerDeps, at: number, { customizations, made }: Making): KubernetesObject | null {
  const resource = deps.request.resources[at];
  if (resource === undefined) return null;
  const key = `${at} template`;
  const base = made.get(key) ?? (made.has(key) ? null : readBase(deps, resource));
  made.set(key, base);
  if (base === null) return null;
  return applyAll(deps, at, { object: base, customizations });
}

function readBase(deps: MakerDeps, resource: ResolvedResource): KubernetesObject | null {
  return attempt(deps.findings, toWords(resource), () => {
    const kind = toDataKind(resource.kind);
    if (resource.template === null) {
      if (kind === null) throw new PatchError(`a template file for a new ${resource.kind}, found none`);
      return makeDataObject(kind, resource.objectName);
    }
    const template = readTemplate(deps, resource.template, resource);
    return kind === null ? template : fromDataTemplate(template, kind);
  });
}

function readTemplate(deps: MakerDeps, address: BlobAddress, resource: ResolvedResource): KubernetesObject {
  const object = `template of ${toWords(resource)}`;
  const results = readDocuments(deps, address, object).map((document) => toObjects(document, object));
  const problem = results.flatMap((result) => result.problems)[0];
  if (problem) throw new PatchError(`${problem.expected}, found ${problem.found}`);
  const objects = results.flatMap((result) => result.objects);
  const [only] = objects;
  if (only === undefined || objects.length > 1)
    throw new PatchError(`one object in the template, found ${objects.length}`);
  return only;
}

function readBytes({ request }: MakerDeps, address: BlobAddress): Uint8Array {
  const bytes = request.files.get(address);
  if (bytes === undefined) throw new PatchError('the bytes of its file, found none in the store');
  return bytes;
}

interface Applying {
  readonly object: KubernetesObject;
  readonly customizations: readonly number[];
}

/** Accumulates: each customization works on what the one before left. */
function applyAll(deps: MakerDeps, at: number, { object, customizations }: Applying): KubernetesObject | null {
  const resource = deps.request.resources[at];
  let result: KubernetesObject | null = object;
  for (const number of customizations) {
    const customization = resource?.customizations[number];
    if (resource === undefined || customization === undefined || result === null) continue;
    const before: KubernetesObject = result;
    const words = toCustomizationWords(customization, resource);
    result = attempt(deps.findings, words, () => applyOne(deps, { resource, customization, object: before }));
  }
  return result;
}

interface Step {
  readonly resource: ResolvedResource;
  readonly customization: ResolvedCustomization;
  readonly object: KubernetesObject;
}

function applyOne(deps: MakerDeps, { resource, customization, object }: Step): KubernetesObject {
  if (!resource.newObject && customization.patchType === '')
    throw new PatchError('a patchType for an existing object, found none');
  const takesFiles = resource.newObject && toDataKind(resource.kind) !== null;
  const filled = takesFiles ? addFiles(object, customization, (file) => readBytes(deps, file.content)) : object;
  const sources: PatchSources = {
    patchFiles: () => toPatchFiles(resource, customization).map((file) => readPatch(deps, file)),
    warn: (sentence) => deps.findings.warn(`${toCustomizationWords(customization, resource)}: ${sentence}`),
  };
  const patched = withMembers(filled, (open) => applyPatch(open, customization, sources));
  if (isDataObject(patched)) checkData(patched);
  return patched;
}

/** Of a ConfigMap or Secret the files that are flagged; of any other kind all. */
function toPatchFiles({ kind }: ResolvedResource, { files, dataKeys }: ResolvedCustomization): readonly DataFile[] {
  if (toDataKind(kind) === null) return files;
  return files.filter(({ fileName }) => dataKeys[fileName]?.mergePatch === true);
}

/** Read once for all variants. */
function readPatch(deps: MakerDeps, { fileName, content }: DataFile): PatchFile {
  const known = deps.patches.get(content);
  const documents = known === undefined ? readDocuments(deps, content, `file ${fileName}`) : [known];
  const [patch] = documents;
  if (documents.length !== 1 || !isJsonObject(patch))
    throw new PatchError(
      `one mapping in ${fileName}, found ${documents.length === 1 ? 'other YAML' : documents.length}`,
    );
  deps.patches.set(content, patch);
  return { fileName, patch };
}

/** Documents that are not empty. */
function readDocuments(deps: MakerDeps, address: BlobAddress, object: string): readonly Json[] {
  const text = new TextDecoder().decode(readBytes(deps, address));
  const documents = deps.parseYaml(text, { object });
  if (documents.ok) return documents.value.filter((document) => document !== null);
  throw new PatchError(documents.problems.map((one) => `${one.expected}, found ${one.found}`).join('; '));
}

function attempt(findings: Findings, words: string, work: () => KubernetesObject): KubernetesObject | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    findings.report(words, error.message);
    return null;
  }
}
