/** The paths of a declared kind. */
import type { Kind, UploadDeclaration } from '#api/engine/kind.ts';
import { toItemTemplate } from '#api/engine/paths.ts';
import { type MediaExamples, toAnswered, toListed, toSent } from './kind-examples.ts';
import {
  jsonContent,
  type JsonSchema,
  type OpenApiOperation,
  type OpenApiResponse,
  parameters,
  problems,
  reference,
  toTypeName,
} from './operation.ts';

type PathItem = Readonly<Record<string, OpenApiOperation>>;

export function toKindPaths(kind: Kind): Readonly<Record<string, PathItem>> {
  return {
    [`/v2${kind.collection}`]: { post: toCreate(kind), get: toListing(kind) },
    [`/v2${toItemTemplate(kind)}`]: { get: toRead(kind), put: toReplace(kind), delete: toRemove(kind) },
  };
}

const typeOf = (kind: Kind): string => toTypeName(kind.kind);

function toCreate(kind: Kind): OpenApiOperation {
  return {
    operationId: `create${typeOf(kind)}`,
    tags: [kind.tag],
    summary: `Create ${withArticle(kind)}`,
    description: kind.description,
    parameters: parameters(kind.collection),
    requestBody: toBody(kind),
    responses: {
      '201': toDocumentResponse(kind, 'Created'),
      ...problems(400, kind.texts.parentMissing === undefined ? 409 : 404, 409, 413, 422),
    },
  };
}

function toListing(kind: Kind): OpenApiOperation {
  const items = reference(typeOf(kind));
  const list: JsonSchema = { type: kind.listForm === 'empty' ? 'array' : ['array', 'null'], items };
  // A view may answer another shape, such as names only.
  const hasView = kind.listView !== undefined;
  return {
    operationId: `list${typeOf(kind)}s`,
    tags: [kind.tag],
    summary: `List: ${kind.texts.object}`,
    description:
      kind.listForm === 'empty' ? 'In order of creation.' : 'In order of creation; `null` when there is none.',
    parameters: parameters(kind.collection, kind.listQueries),
    responses: {
      '200': {
        description: 'The documents',
        content: hasView ? jsonContent({}) : exampleContent(list, toListed(kind)),
      },
      ...problems(...(kind.listParentMissing === undefined && !hasView ? [] : [400, 404])),
    },
  };
}

function toRead(kind: Kind): OpenApiOperation {
  const content = {
    ...exampleContent(kind.itemView === undefined ? reference(typeOf(kind)) : {}, toAnswered(kind)),
    ...(kind.upload === undefined ? {} : fileContent(kind.upload)),
  };
  return {
    operationId: `read${typeOf(kind)}`,
    tags: [kind.tag],
    summary: `Read ${withArticle(kind)}`,
    parameters: parameters(toItemTemplate(kind), kind.itemQueries),
    responses: {
      '200': { description: 'The document', headers: etagHeader, content },
      '304': { description: 'Not changed since the ETag in If-None-Match' },
      ...problems(404, ...(kind.upload === undefined ? [] : [406])),
    },
  };
}

function toReplace(kind: Kind): OpenApiOperation {
  const { replaced, created } = kind.putCodes ?? { replaced: 201, created: 201 };
  const responses: Record<string, OpenApiResponse> = { [replaced]: toDocumentResponse(kind, 'Replaced') };
  if (kind.putCreates !== false)
    responses[created] = toDocumentResponse(kind, replaced === created ? 'Replaced or created' : 'Created');
  return {
    operationId: `replace${typeOf(kind)}`,
    tags: [kind.tag],
    summary: `Replace ${withArticle(kind)}`,
    parameters: [...parameters(toItemTemplate(kind)), ifMatch],
    requestBody: toBody(kind),
    responses: { ...responses, ...problems(400, 404, 409, 412, 413, 422) },
  };
}

function toRemove(kind: Kind): OpenApiOperation {
  return {
    operationId: `remove${typeOf(kind)}`,
    tags: [kind.tag],
    summary: `Remove ${withArticle(kind)}`,
    parameters: [...parameters(toItemTemplate(kind)), ifMatch],
    responses: { '204': { description: 'Removed' }, ...problems(404, 409, 412) },
  };
}

const exampleContent = (schema: JsonSchema, shown: MediaExamples): Readonly<Record<string, unknown>> => ({
  'application/json': { schema, ...shown },
});

const withArticle = (kind: Kind): string => `${/^[aeiou]/.test(kind.texts.object) ? 'an' : 'a'} ${kind.texts.object}`;

const etagHeader = { ETag: { description: 'Digest of document, secrets and files', schema: { type: 'string' } } };

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'ETag of the document as the client saw it; 412 when it has changed',
  schema: { type: 'string' },
};

const toDocumentResponse = (kind: Kind, description: string): OpenApiResponse => ({
  description,
  headers: etagHeader,
  content: exampleContent(reference(typeOf(kind)), toAnswered(kind)),
});

function toBody(kind: Kind): object {
  const schema = reference(`${typeOf(kind)}Input`);
  if (kind.upload === undefined) return { required: true, content: exampleContent(schema, toSent(kind)) };
  const { part, files, description } = kind.upload;
  const file = { type: 'string', format: 'binary', description };
  const properties = { metadata: schema, [part]: files === 1 ? file : { type: 'array', items: file, description } };
  return {
    required: true,
    content: {
      'multipart/form-data': {
        schema: { type: 'object', required: ['metadata'], properties },
        encoding: { metadata: { contentType: 'application/json' } },
        ...toSent(kind),
      },
    },
  };
}

const fileContent = (upload: UploadDeclaration): Readonly<Record<string, unknown>> => ({
  'application/octet-stream': { schema: { type: 'string', format: 'binary', description: upload.description } },
  'multipart/form-data': {
    schema: { type: 'object', properties: { [upload.documentPart]: {}, [upload.part]: { type: 'string' } } },
  },
});
