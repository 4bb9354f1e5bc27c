/** The parts of an OpenAPI operation that all paths share. */
import { toParameterNames } from '#api/engine/paths.ts';
import type { QueryParameter } from '#api/engine/kind.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

export const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

export const jsonContent = (schema: JsonSchema, example?: unknown): Readonly<Record<string, unknown>> => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
});

const meanings: Readonly<Record<number, string>> = {
  400: 'The body, a name or a query is not as it should be',
  401: 'The bearer token is missing or another one',
  404: 'Not found',
  406: 'None of the media types that the client accepts',
  409: 'In conflict with what is there: exists already, has children, is referenced, or the state forbids it',
  412: 'The document has changed since its ETag was read',
  413: 'Larger than allowed',
  422: 'Cannot be decoded: JSON, multipart, archive or template',
  501: 'Comes with a later version',
  503: 'Temporal or the store does not answer; send the request again after Retry-After seconds',
};

/** Problem answers of an operation, 401 among them. */
export function problems(...statuses: readonly number[]): Readonly<Record<string, OpenApiResponse>> {
  const entries = [...new Set([...statuses, 401])].sort().map((status) => [
    String(status),
    {
      description: meanings[status] ?? 'Problem',
      content: {
        'application/problem+json': { schema: reference('Problem') },
        'text/plain': { schema: { type: 'string' } },
      },
    },
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, OpenApiResponse>>;
}

/** Parameters of the path, then of the query. */
export const parameters = (path: string, queries: readonly QueryParameter[] = []): readonly object[] => [
  ...toParameterNames(path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', maxLength: 128 },
  })),
  ...queries.map(({ name, description }) => ({ name, in: 'query', description, schema: { type: 'string' } })),
];

/** `clusterSyncObject` → `ClusterSyncObject`. */
export const toTypeName = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);
