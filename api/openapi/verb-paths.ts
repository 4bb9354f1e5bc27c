/** The paths that are no documents: verbs, status, views, probes. */
import { statusQueries, toGroupViewPaths } from './group-view-paths.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { jsonContent, type OpenApiOperation, parameters, problems, reference } from './operation.ts';

const groupTag = 'Lifecycle of groups';
const cloudTag = 'Logical clouds';
const cloudPath = '/projects/{project}/logical-clouds/{logicalCloud}';

const operationHeaders = {
  'Emco-Operation-Id': { description: 'Id of the operation; see `operations`', schema: { type: 'string' } },
  'Emco-Revision': { description: 'The revision that the operation makes', schema: { type: 'integer' } },
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Id of the operation, chosen by the caller: the same request sent again acts once',
  schema: { type: 'string', maxLength: 128 },
};

interface GroupVerb {
  readonly verb: string;
  readonly summary: string;
  readonly description?: string;
  readonly body?: string;
  /** Schema of a body that may be left out. */
  readonly optionalBody?: Readonly<Record<string, unknown>>;
  readonly statuses?: readonly number[];
}

const groupVerbs: readonly GroupVerb[] = [
  {
    verb: 'instantiate',
    summary: 'Instantiate a group',
    description:
      'Places, renders, customises, freezes a plan and rolls it out. Mistakes in the intents are answered at once.',
    statuses: [400, 422],
  },
  {
    verb: 'update',
    summary: 'Bring a group to what its documents say now',
    description: 'Answers the number of the new revision.',
    statuses: [400, 422],
  },
  {
    verb: 'rollback',
    summary: 'Take an earlier revision again',
    description: 'Nothing is rendered anew: the plan of that revision becomes a new one.',
    body: 'Rollback',
    statuses: [400, 422],
  },
  {
    verb: 'migrate',
    summary: 'Migrate to another group or version of the composite application',
    description:
      'The target, which must be Approved, takes over everything that runs, its revisions too, and changes only what differs. ' +
      'Until then nothing happens to the source, which is Updated afterwards. The operation goes on in the target under its id.',
    body: 'Migrate',
    statuses: [400, 422],
  },
  {
    verb: 'terminate',
    summary: 'Remove everything that a group runs',
    description:
      'CRDs stay and hooks run, unless a body says otherwise: `{"spec": {"deleteCrds": true, "skipHooks": true}}`. CRDs that another group brings or whose kind it uses are not deleted: the operation fails and names it.',
    optionalBody: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { deleteCrds: { type: 'boolean' }, skipHooks: { type: 'boolean' } } },
      },
    },
    statuses: [400, 422],
  },
  {
    verb: 'stop',
    summary: 'Stop what is under way',
    description:
      'What is done stays. Resume finishes it; instantiate, update, rollback or terminate say what else shall be.',
  },
  { verb: 'pause', summary: 'Hold a roll-out', description: 'Targets under way end; no new ones begin.' },
  { verb: 'resume', summary: 'Go on with what is paused or stopped' },
];

function toGroupVerb({ verb, summary, description, body, optionalBody, statuses = [] }: GroupVerb): OpenApiOperation {
  const accepted = { description: 'Accepted; see status', headers: operationHeaders };
  return {
    operationId: `${verb}Group`,
    tags: [groupTag],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [...parameters(groupPath), idempotencyKey],
    ...(body === undefined ? {} : { requestBody: { required: true, content: jsonContent(reference(body)) } }),
    ...(optionalBody === undefined ? {} : { requestBody: { content: jsonContent(optionalBody) } }),
    responses: {
      '202': verb === 'update' ? { ...accepted, content: jsonContent({ type: 'integer' }, 2) } : accepted,
      ...problems(404, 409, 503, ...statuses),
    },
  };
}

const approve: OpenApiOperation = {
  operationId: 'approveGroup',
  tags: [groupTag],
  summary: 'Approve a group',
  parameters: parameters(groupPath),
  responses: { '202': { description: 'Approved' }, ...problems(404, 409) },
};

function toCloudVerb(verb: string, status: '200' | '202'): OpenApiOperation {
  return {
    operationId: `${verb}LogicalCloud`,
    tags: [cloudTag],
    summary: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} a logical cloud`,
    parameters: [...parameters(cloudPath), idempotencyKey],
    responses: { [status]: { description: 'Accepted; see status' }, ...problems(400, 404, 409, 503) },
  };
}

const readCloudStatus: OpenApiOperation = {
  operationId: 'readLogicalCloudStatus',
  tags: [cloudTag],
  summary: 'Where a logical cloud stands',
  parameters: [...parameters(cloudPath), ...statusQueries],
  responses: { '200': { description: 'Its status', content: jsonContent({ type: 'object' }) }, ...problems(400, 404) },
};

const listCloudOperations: OpenApiOperation = {
  operationId: 'listLogicalCloudOperations',
  tags: [cloudTag],
  summary: 'What a level 1 logical cloud was asked for, newest first',
  parameters: parameters(cloudPath),
  responses: {
    '200': {
      description: 'Operations',
      content: jsonContent({ type: 'array', items: reference('Operation') }),
    },
    ...problems(404),
  },
};

const kubeconfigPath = 'cluster-references/{clusterReference}/kubeconfig';

const readCloudKubeconfig: OpenApiOperation = {
  operationId: 'readLogicalCloudKubeconfig',
  tags: [cloudTag],
  summary: "The kubeconfig of a level 1 cloud's user for a direct cluster",
  parameters: parameters(`${cloudPath}/${kubeconfigPath}`),
  responses: {
    '200': { description: 'A kubeconfig', content: { 'application/yaml': { schema: { type: 'string' } } } },
    ...problems(404, 409),
  },
};

const probe = (operationId: string, summary: string, type: string): OpenApiOperation => ({
  operationId,
  tags: ['Operation'],
  summary,
  responses: { '200': { description: summary, content: { [type]: { schema: {} } } } },
});

type Paths = Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;

export function toVerbPaths(): Paths {
  const group = (path: string) => `/v2${groupPath}/${path}`;
  const cloud = (path: string) => `/v2${cloudPath}/${path}`;
  return {
    [group('approve')]: { post: approve },
    ...Object.fromEntries(groupVerbs.map((each) => [group(each.verb), { post: toGroupVerb(each) }])),
    ...toGroupViewPaths(),
    ...Object.fromEntries(
      ['instantiate', 'terminate', 'update'].map((verb) => [cloud(verb), { post: toCloudVerb(verb, '202') }]),
    ),
    [cloud('stop')]: { post: toCloudVerb('stop', '200') },
    [cloud('status')]: { get: readCloudStatus },
    [cloud('operations')]: { get: listCloudOperations },
    [cloud(kubeconfigPath)]: { get: readCloudKubeconfig },
    '/livez': { get: probe('livez', 'The process answers', 'application/json') },
    '/readyz': { get: probe('readyz', 'Store and Temporal answer', 'application/json') },
    '/metrics': { get: probe('metrics', 'Prometheus metrics', 'text/plain') },
  };
}
