/** What can be read about a group: status, events, operations, revisions, plan. */
import { groupPath } from '#api/groups/group-paths.ts';
import {
  eventPageExample,
  eventStreamExample,
  operationExample,
  revisionExample,
  statusExamples,
} from './group-view-examples.ts';
import { jsonContent, type JsonSchema, type OpenApiOperation, parameters, problems, reference } from './operation.ts';

const tags = ['Lifecycle of groups'];

interface View {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly queries?: readonly object[];
  readonly statuses: readonly number[];
}

const query = (name: string, description: string, schema: JsonSchema = { type: 'string' }): object => ({
  name,
  in: 'query',
  description,
  schema,
});

/** A parameter that may be repeated, `app=a&app=b`. */
const repeated = (name: string, description: string): object => ({
  ...query(name, `${description}; may be repeated`, { type: 'array', items: { type: 'string' } }),
  style: 'form',
  explode: true,
});

const oneOf = (...words: readonly string[]): JsonSchema => ({ type: 'string', enum: words });

/** A flag is set by being there, whatever its value. */
const flag = (name: string, description: string): object => ({
  ...query(name, `Flag: ${description}`),
  allowEmptyValue: true,
});

export const statusQueries = [
  query('status', 'What the words speak of', oneOf('deployed', 'ready')),
  query('type', "The same in EMCO's old form; ignored beside `status`", oneOf('rsync', 'cluster')),
  query(
    'output',
    '`all` by default; `detail` adds the objects, values of Secrets redacted',
    oneOf('summary', 'all', 'detail'),
  ),
  query('instance', 'An earlier instance of the group, from `states.actions`: what of it is still there'),
  repeated('app', 'Only this app'),
  repeated('cluster', 'Only this cluster, `provider%2Bcluster`'),
  repeated('resource', 'Only resources of this name'),
  flag('apps', 'the names of the apps, instead of all else'),
  flag('clusters', 'the clusters of each app, instead of all else'),
  flag('resources', 'the resources of each app and cluster, instead of all else'),
];

const eventQueries = [
  query('since', 'From an RFC 3339 time, after the event of this id, or `now`; all that is kept by default'),
  query('limit', 'Of a page: at most so many, 100 by default', { type: 'integer', minimum: 1, maximum: 1000 }),
  {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'Go on after this event; wins over `since`',
    schema: { type: 'string', pattern: String.raw`^\d+\.\d+$` },
  },
];

const views: readonly View[] = [
  {
    path: 'status',
    operationId: 'readGroupStatus',
    summary: 'Where a group stands',
    description:
      "Members in EMCO's order, empty ones left out; revision, operation, phases and messages are emco's own.",
    content: { 'application/json': { schema: reference('GroupStatus'), examples: statusExamples } },
    queries: statusQueries,
    statuses: [400],
  },
  {
    path: 'events',
    operationId: 'readGroupEvents',
    summary: 'What happens to a group',
    description:
      'Server-sent events for `Accept: text/event-stream`, a page of JSON otherwise. The newest 5,000 events of a group ' +
      'are kept. A stream has a comment every 15 seconds; it ends with the server, or with the event `deleted` when the ' +
      'group is deleted. The event `lost` says that what followed the position is not kept any more.',
    content: {
      'application/json': { schema: reference('EventPage'), example: eventPageExample },
      'text/event-stream': { schema: { type: 'string' }, example: eventStreamExample },
    },
    queries: eventQueries,
    statuses: [400, 404, 406, 503],
  },
  {
    path: 'operations',
    operationId: 'listGroupOperations',
    summary: 'What was asked of a group, newest first',
    content: jsonContent({ type: 'array', items: reference('Operation') }, [operationExample]),
    queries: [query('limit', 'At most so many, 100 by default', { type: 'integer', minimum: 1, maximum: 1000 })],
    statuses: [400, 404],
  },
  {
    path: 'operations/{operation}',
    operationId: 'readGroupOperation',
    summary: 'One operation',
    content: jsonContent(reference('Operation'), operationExample),
    statuses: [404],
  },
  {
    path: 'revisions',
    operationId: 'listGroupRevisions',
    summary: 'The frozen plans of a group, oldest first',
    content: jsonContent({ type: 'array', items: reference('Revision') }, [revisionExample]),
    statuses: [404],
  },
  {
    path: 'revisions/{revision}',
    operationId: 'readGroupRevision',
    summary: 'One revision',
    content: jsonContent(reference('Revision'), revisionExample),
    statuses: [400, 404],
  },
  {
    path: 'plan',
    operationId: 'readGroupPlan',
    summary: 'A frozen plan: waves, placement with reasons, shared bundles, warnings',
    content: jsonContent(reference('Plan')),
    queries: [query('revision', 'Number of the revision; the newest by default', { type: 'integer', minimum: 1 })],
    statuses: [400, 404],
  },
];

function toView({ path, operationId, summary, description, content, queries = [], statuses }: View): OpenApiOperation {
  return {
    operationId,
    tags,
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [...parameters(`${groupPath}/${path}`), ...queries],
    responses: { '200': { description: summary, content }, ...problems(...statuses) },
  };
}

export const toGroupViewPaths = (): Readonly<Record<string, { readonly get: OpenApiOperation }>> =>
  Object.fromEntries(views.map((view) => [`/v2${groupPath}/${view.path}`, { get: toView(view) }]));
