/** Templates of Kubernetes objects, in EMCO's order of checks and with its texts. */
import { isJsonObject, type Json } from '#domain/json.ts';
import type { Draft } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { readYaml, type YamlRead } from './read-yaml.ts';

interface ResourceBody {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly newObject: 'true' | 'false' };
}

/** The template of an object that the chart brings is kept and never used, so anything will do. */
export async function checkTemplate({ deps, body, files }: Draft<ResourceBody>): Promise<void> {
  if (body.spec.newObject === 'false') return;
  for (const file of files) {
    const finding = findInTemplate(readYaml(deps, file.bytes, 'template'));
    if (finding === null) continue;
    throw new HttpProblem({
      status: 400,
      code: 'document-invalid',
      text: `failed to validate the resource template file\n. Error validating data\n ${finding}`,
      problems: [{ object: `resource ${body.metadata.name}`, expected: 'a template of one object', found: finding }],
    });
  }
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
