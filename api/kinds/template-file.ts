/** Templates of Kubernetes objects, in EMCO's order of checks and with its texts. */
import { textAt } from '#domain/document-secrets.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import type { Draft } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { readYaml, type YamlRead } from './read-yaml.ts';

interface ResourceBody {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly newObject: 'true' | 'false';
    readonly resourceGVK: { readonly kind: string; readonly name: string };
  };
}

/**
 * The template of an object that the chart brings is kept and never used, so anything will do; once the object is to be
 * new, a template that was kept is judged too.
 */
export async function checkTemplate(draft: Draft<ResourceBody>): Promise<void> {
  const { deps, body } = draft;
  if (body.spec.newObject === 'false') return;
  for (const bytes of await loadTemplates(draft)) {
    const read = readYaml(deps, bytes, 'template');
    const finding = findInTemplate(read);
    if (finding === null) warnOfOther(draft, read);
    else
      throw new HttpProblem({
        status: 400,
        code: 'document-invalid',
        text: `failed to validate the resource template file\n. Error validating data\n ${finding}`,
        problems: [{ object: `resource ${body.metadata.name}`, expected: 'a template of one object', found: finding }],
      });
  }
}

async function loadTemplates({ deps, files, existing }: Draft<ResourceBody>): Promise<readonly Uint8Array[]> {
  if (files.length > 0 || existing === null) return files.map((file) => file.bytes);
  const kept = existing.files.map((file) => file.content);
  return [...(await deps.store.blobs.getMany(kept)).values()];
}

/** EMCO never compares the two, and its examples differ in case; the template's own kind and name are what is made. */
function warnOfOther(draft: Draft<ResourceBody>, read: YamlRead): void {
  const { kind, name } = draft.body.spec.resourceGVK;
  const object = read.ok ? read.documents.find(isJsonObject) : undefined;
  if (object === undefined) return;
  const found = `${textAt(object, ['kind'])} ${textAt(object, ['metadata', 'name'])}`;
  if (found.toLowerCase() !== `${kind} ${name}`.toLowerCase())
    draft.warn(`the template is of ${found}, resourceGVK says ${kind} ${name}: the template counts`);
}

function findInTemplate(read: YamlRead): string | null {
  if (!read.ok) return read.found;
  // A separator at the start or the end makes an empty document.
  const objects = read.documents.filter((document) => document !== null);
  if (objects.length > 1) return `${objects.length} objects in one template: give each a resource of its own`;
  return findInObject(objects[0] ?? null);
}

function findInObject(object: Json): string | null {
  if (!isJsonObject(object)) return 'invalid object to validate';
  const { apiVersion, kind, metadata } = object;
  return findInText('apiVersion', apiVersion) ?? findInText('kind', kind) ?? findInMetadata(metadata);
}

function findInMetadata(metadata: Json | undefined): string | null {
  if (metadata === undefined) return 'metadata not set';
  if (!isJsonObject(metadata)) return 'invalid metadata';
  return findInText('resource name', metadata['name']);
}

function findInText(name: string, value: Json | undefined): string | null {
  if (value === undefined || value === null) return `${name} not set`;
  if (typeof value !== 'string') return `${name} is not string type`;
  return value === '' ? `${name} may not be empty` : null;
}
