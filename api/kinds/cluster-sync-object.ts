import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import { defineKind, type Draft } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { kvField, metadataField, toPairs } from './fields.ts';
import { keyQuery, keyView } from './key-view.ts';

const schema = z.object({ metadata: metadataField, spec: z.object({ kv: kvField }) });

/** What a read shows instead of a secret, and what a write may send back to keep it. */
const redacted = '(redacted)';

export const clusterSyncObject = defineKind({
  kind: documentKinds.clusterSyncObject,
  tag: 'Clusters',
  description: 'A Git repository or the settings of an agent. Tokens and passwords are sealed and never answered.',
  collection: '/cluster-providers/{clusterProvider}/cluster-sync-objects',
  params: ['clusterSyncObject'],
  schema,
  example: {
    metadata: { name: 'repo' },
    spec: {
      kv: [
        { gitType: 'github' },
        { userName: 'shop' },
        { gitToken: '...' },
        { repoName: 'fleet' },
        { branch: 'main' },
        { url: 'https://git.example.com/shop/fleet.git' },
      ],
    },
  },
  sealed: [{ path: ['spec', 'kv'], shown: redactPairs, isRevealed: false, restore: restorePairs }],
  beforeWrite: refuseCredentialUrl,
  listForm: 'empty',
  itemView: keyView('Cluster Sync Object key value not found'),
  itemQueries: [keyQuery],
  texts: {
    object: 'cluster sync object',
    notFound: 'Cluster sync object not found',
    exists: 'Cluster Sync Objects already exists',
    parentMissing: 'Cluster provider not found',
    mismatch: { status: 400, text: 'Mismatched cluster sync object name in PUT request' },
  },
});

const isSecret = (key: string): boolean => /token|password|passwd|clientsecret|privatekey|credential/i.test(key);

function mapPairs(kv: Json, change: (key: string, value: Json) => Json): Json {
  if (!Array.isArray(kv)) return kv;
  return kv.map((element: Json) =>
    isJsonObject(element)
      ? Object.fromEntries(Object.entries(element).map(([key, value]) => [key, change(key, value)]))
      : element,
  );
}

function redactPairs(kv: Json): Json {
  return mapPairs(kv, (key, value) => (isSecret(key) && value !== '' ? redacted : value));
}

function restorePairs(incoming: Json, present: Json): Json {
  const before = toPairs(present);
  return mapPairs(incoming, (key, value) => (value === redacted ? (before[key] ?? value) : value));
}

/** Credentials in a URL would reach commits, logs and agents. */
async function refuseCredentialUrl({ body }: Draft<z.output<typeof schema>>): Promise<void> {
  const { url = '' } = toPairs(body.spec.kv);
  if (!/^(https?:\/\/[^/]*@|[a-z+]+:\/\/[^/@]*:[^/@]*@)/i.test(url)) return;
  const object = `cluster sync object ${body.metadata.name}`;
  const problems = [{ object, expected: 'url without user and password', found: 'both in the url' }];
  throw new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: 'The url may not hold credentials: put them into userName and gitToken',
    problems,
  });
}
