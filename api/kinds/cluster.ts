import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey } from '#domain/group.ts';
import { memberAt } from '#domain/document-secrets.ts';
import type { JsonObject } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { defineKind, type PathNames, type View, type ViewRequest } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { metadataField, textField } from './fields.ts';
import { checkKubeconfig, isKubeconfig, redactKubeconfig } from './kubeconfig-file.ts';
import { acceptText, largestObjectBytes } from './upload-limits.ts';

const gitOps = z.object({
  gitOpsType: textField(128).describe(
    'Empty for a cluster that is reached directly; fluxcd, azureArcV2, anthos, argocd',
  ),
  gitOpsReferenceObject: textField(128).describe('Sync object with the repository'),
  gitOpsResourceObject: textField(128).describe("Sync object with the agent's settings"),
});

export const cluster = defineKind({
  kind: documentKinds.cluster,
  tag: 'Clusters',
  description: 'A Kubernetes cluster: reached by its kubeconfig, through Git, or both. Reads leave credentials out.',
  collection: '/cluster-providers/{clusterProvider}/clusters',
  params: ['cluster'],
  schema: z.object({ metadata: metadataField, spec: z.object({ gitOps }) }),
  example: {
    metadata: { name: 'c1' },
    spec: { gitOps: { gitOpsType: 'fluxcd', gitOpsReferenceObject: 'repo', gitOpsResourceObject: 'repo' } },
  },
  upload: {
    part: 'file',
    description: 'kubeconfig; optional for a Git cluster, whose status is then not watched',
    fileBytes: largestObjectBytes,
    files: 1,
    isRequired: (body) => body.spec.gitOps.gitOpsType === '',
    keepsFiles: true,
    dropsEmptyFiles: true,
    check: checkKubeconfig,
    isUsable: isKubeconfig,
    documentPart: 'metadata',
    answerName: 'kubeconfig',
    acceptText,
    redact: redactKubeconfig,
  },
  references: ({ spec }, names) => syncObjects(spec.gitOps, names),
  putCodes: { replaced: 200, created: 201 },
  listForm: 'empty',
  listView: listByLabel,
  listQueries: [
    { name: 'label', description: 'Answer only the names of the clusters with this label' },
    { name: 'withLabels', description: '`true`: answer every cluster with its labels' },
  ],
  texts: { object: 'cluster', notFound: 'Cluster not found', exists: 'Cluster already exists' },
});

function syncObjects(
  gitOps: { readonly gitOpsReferenceObject: string; readonly gitOpsResourceObject: string },
  names: PathNames,
): readonly DocumentKey[] {
  return [gitOps.gitOpsReferenceObject, gitOps.gitOpsResourceObject]
    .map((object) => toKey('/cluster-providers/{clusterProvider}/cluster-sync-objects/{object}', { ...names, object }))
    .filter((key) => key !== null);
}

async function listByLabel({ deps, query }: ViewRequest, clusters: readonly StoredDocument[]): Promise<View> {
  const { label, withLabels } = query;
  if (typeof label !== 'string' && withLabels !== 'true') return undefined;
  const labels = await deps.store.documents.listOfParents(
    documentKinds.clusterLabel,
    clusters.map((document) => document.key),
  );
  if (typeof label === 'string') {
    const parents = new Set(labels.filter((each) => each.body['clusterLabel'] === label).map((each) => each.parent));
    return {
      json: clusters
        .filter(({ key }) => parents.has(key))
        .map(({ body }) => memberAt(body, ['metadata', 'name']) ?? ''),
    };
  }
  const byParent = Map.groupBy(labels, (each) => each.parent);
  return { json: clusters.map(({ key, body }) => withItsLabels(body, byParent.get(key) ?? [])) };
}

const withItsLabels = (body: JsonObject, labels: readonly StoredDocument[]): JsonObject => ({
  metadata: body['metadata'] ?? null,
  labels: labels.map((label) => label.body),
});
