/** The OpenAPI 3.1 document: made of the kinds' declarations and the schemas that judge the bodies. */
import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { exchangeSchemas } from '#api/exchanges/exchange-schemas.ts';
import { kinds } from '#api/kinds/index.ts';
import { toExchangePaths } from './exchange-paths.ts';
import { toKindPaths } from './kind-paths.ts';
import { type JsonSchema, type OpenApiOperation, toTypeName } from './operation.ts';
import { sharedSchemas } from './shared-schemas.ts';
import { toVerbPaths } from './verb-paths.ts';

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
  readonly security: readonly object[];
}

const description =
  "EMCO's v2 API. Errors are `application/problem+json` for clients that accept JSON and EMCO's plain text for the others. " +
  'Every document has an ETag; `If-Match` makes a change conditional.';

export function makeOpenApiDocument({ token, version = '0.0.0' }: Pick<ApiDeps, 'token' | 'version'>): OpenApiDocument {
  const paths = { ...Object.assign({}, ...kinds.map(toKindPaths)), ...toVerbPaths(), ...toExchangePaths() };
  const schemas = Object.fromEntries([
    ...kinds.flatMap((kind) => [
      [toTypeName(kind.kind), toSchema(kind.schema, 'output')],
      [`${toTypeName(kind.kind)}Input`, toSchema(kind.schema, 'input')],
    ]),
    ...Object.entries({ ...sharedSchemas, ...exchangeSchemas }).map(([name, schema]) => [
      name,
      toSchema(schema, 'input'),
    ]),
  ]) as Readonly<Record<string, JsonSchema>>;
  const tags = [...new Set([...kinds.map(({ tag }) => tag), 'Lifecycle of groups', 'Operation'])];
  return {
    openapi: '3.1.0',
    info: { title: 'emco', version, description },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: token === undefined ? [{}, { bearer: [] }] : [{ bearer: [] }],
  };
}

/** OpenAPI 3.1 speaks JSON Schema 2020-12, which zod writes; each schema stands on its own. */
export function toSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const {
    $schema: _dialect,
    '~standard': _standard,
    ...rest
  } = z.toJSONSchema(schema, { io, reused: 'inline', cycles: 'ref' });
  return rest;
}
