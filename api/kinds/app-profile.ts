import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey } from '#domain/group.ts';
import { memberAt } from '#domain/document-secrets.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { defineKind, type Draft } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { readArchive } from './chart-file.ts';
import { metadataField, nameField } from './fields.ts';
import { versionPath } from '#api/groups/group-paths.ts';
import { acceptText, largestArchiveBytes } from './upload-limits.ts';

const schema = z.object({
  metadata: metadataField,
  spec: z.object({ app: nameField.describe('The app that the profile is for') }),
});

type AppProfile = z.output<typeof schema>;

export const appProfile = defineKind({
  kind: documentKinds.appProfile,
  tag: 'Composite applications',
  description: 'Values and files that are laid over the chart of one app.',
  collection: `${versionPath}/composite-profiles/{compositeProfile}/profiles`,
  params: ['appProfile'],
  schema,
  example: { metadata: { name: 'web-small' }, spec: { app: 'web' } },
  upload: {
    part: 'file',
    description: 'tar.gz with manifest.yaml at the top',
    fileBytes: largestArchiveBytes,
    files: 1,
    isRequired: () => true,
    keepsFiles: false,
    check: checkProfile,
    documentPart: 'metadata',
    acceptText,
  },
  references: (body, names) => appKey(names, body.spec.app),
  beforeWrite: refuseSecondProfile,
  listView: ({ query }, documents) => {
    if (typeof query['app'] !== 'string') return undefined;
    const item = documents.find((document) => appOf(document) === query['app']);
    if (item !== undefined) return { item };
    throw new HttpProblem({ status: 404, code: 'document-not-found', text: 'AppProfile not found' });
  },
  listQueries: [{ name: 'app', description: 'Answer the one profile of this app' }],
  texts: {
    object: 'app profile',
    notFound: 'AppProfile not found',
    exists: 'AppProfile already exists',
    parentMissing: 'CompositeProfile not found',
  },
});

function appKey(names: Readonly<Record<string, string>>, app: string): readonly DocumentKey[] {
  const key = toKey(`${versionPath}/apps/{app}`, { ...names, app });
  return key === null ? [] : [key];
}

const appOf = (document: StoredDocument) => memberAt(document.body, ['spec', 'app']);

async function checkProfile(draft: Draft<AppProfile>): Promise<void> {
  const { name } = draft.body.metadata;
  for (const file of draft.files) {
    const entries = await readArchive(draft, file.bytes, `app profile ${name}`);
    if (!entries.some((entry) => entry.path === 'manifest.yaml')) {
      draft.warn(`app profile ${name}: expected manifest.yaml at the top of the archive, found none`);
    }
  }
}

async function refuseSecondProfile({ deps, parent, key, body }: Draft<AppProfile>): Promise<void> {
  const siblings = await deps.store.documents.list(documentKinds.appProfile, parent);
  const other = siblings.find((sibling) => sibling.key !== key && appOf(sibling) === body.spec.app);
  if (other === undefined) return;
  const problems = [{ object: `app ${body.spec.app}`, expected: 'one profile', found: `also ${other.key}` }];
  throw new HttpProblem({ status: 409, code: 'already-exists', text: 'App already has an AppProfile', problems });
}
