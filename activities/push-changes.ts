/** The writer's step: one push for a batch of change sets, then outcomes, phases and answers. */
import { Failure, failureClasses } from '#domain/failure.ts';
import type { ChangeSet } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { GitBatchResult, GitChange, GitOutcome } from '#domain/ports/plugins.ts';
import type { ChangeReference, GitSteps, WriterRepository } from '#domain/steps.ts';
import type { DocumentKey } from '#domain/group.ts';
import { type Bundle } from '#domain/manifest.ts';
import type { ActivityDeps } from './deps.ts';
import { loadManyJson } from './json-blobs.ts';
import { readCredentials } from './read-clusters.ts';

type PushInput = Parameters<GitSteps['pushChanges']>[0];

export async function pushChanges(
  deps: ActivityDeps,
  input: PushInput,
  signal: AbortSignal,
): ReturnType<GitSteps['pushChanges']> {
  const changes = await loadManyJson<ChangeSet>(
    deps.store.blobs,
    input.changes.map((c) => c.digest),
  );
  const { fresh, old } = await splitByFence(deps, input.changes);
  for (const reference of old)
    await answer(deps, reference, { state: 'superseded', commit: '', message: 'a newer operation has begun' });
  const result = await write(deps, input, {
    changes: fresh.flatMap((r) => toGitChange(r, changes.get(r.digest))),
    signal,
  });
  await noteHead(deps, input, result);
  const outcomes = new Map(result.outcomes.map((outcome) => [outcome.digest, outcome]));
  for (const reference of fresh) await settle(deps, { reference, outcomes, change: changes.get(reference.digest) });
  const committed = result.outcomes.filter((o) => o.state === 'committed').length;
  return {
    committed,
    superseded: old.length,
    failed: result.outcomes.length - committed,
    head: result.head,
    foreignCommits: result.foreign.length,
  };
}

/** Change sets of operations that a newer one has overtaken write nothing. */
async function splitByFence(
  deps: ActivityDeps,
  references: readonly ChangeReference[],
): Promise<{ fresh: readonly ChangeReference[]; old: readonly ChangeReference[] }> {
  const groups = [...new Set(references.map((r) => r.group))];
  const fences = new Map(
    await Promise.all(
      groups.map(async (group) => [group, (await deps.store.groups.find(group))?.operation ?? null] as const),
    ),
  );
  const isOld = ({ group, operation }: ChangeReference): boolean =>
    (fences.get(group) ?? Number.POSITIVE_INFINITY) > operation;
  return { fresh: references.filter((r) => !isOld(r)), old: references.filter(isOld) };
}

function toGitChange(reference: ChangeReference, change: ChangeSet | undefined): readonly GitChange[] {
  if (change === undefined) return [];
  const trailers = [
    `Emco-Group: ${change.group}`,
    `Emco-Revision: ${change.revision}`,
    `Emco-Wave: ${change.wave}`,
    `Emco-Operation: ${change.operationId}`,
    ...(change.plan === null ? [] : [`Emco-Plan: ${change.plan}`]),
    `Emco-Change: ${reference.digest}`,
  ];
  return [{ digest: reference.digest, change, trailers }];
}

interface Work {
  readonly changes: readonly GitChange[];
  readonly signal: AbortSignal;
}

async function write(deps: ActivityDeps, input: PushInput, { changes, signal }: Work): Promise<GitBatchResult> {
  const knownHead = await deps.store.facts.get(toHeadFact(input));
  const nothing: GitBatchResult = { outcomes: [], head: knownHead ?? '', foreign: [], rewritten: false, pushes: 0 };
  if (changes.length === 0) return nothing;
  try {
    return await deps.git.write({
      url: input.url,
      branch: input.branch,
      // The writer was started with the key of a document.
      credentials: await readCredentials(deps.store.documents, input.credentials as DocumentKey),
      knownHead,
      changes,
      loadParts: (bundles) => loadManyJson<Bundle>(deps.store.blobs, bundles),
      heartbeat: () => signal.throwIfAborted(),
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message } = error;
    if (!failureClasses[error.code].retryable) {
      return { ...nothing, outcomes: changes.map(({ digest }) => ({ digest, state: 'failed' as const, message })) };
    }
    await sayWhyItWaits(deps, changes, message);
    throw error;
  }
}

/** While the repository can't be reached, the status of the targets says so. */
async function sayWhyItWaits(deps: ActivityDeps, changes: readonly GitChange[], message: string): Promise<void> {
  for (const { change } of changes) {
    const moves = change.moves.flatMap(({ app, clusters }) =>
      clusters.map((cluster) => ({ app, cluster, phase: 'Handed' as const, message })),
    );
    await deps.store.plans.moveTargets(change.group, change.operation, moves);
  }
}

export const toHeadFact = ({ url, branch }: Pick<WriterRepository, 'url' | 'branch'>): string =>
  `head:${url}#${branch}`;

async function noteHead(deps: ActivityDeps, input: PushInput, result: GitBatchResult): Promise<void> {
  if (result.head !== '') await deps.store.facts.set(toHeadFact(input), result.head);
  const object = `${input.url}#${input.branch}`;
  const append = (
    actor: string,
    action: string,
    { after, detail }: { after: string; detail: string },
  ): Promise<void> => {
    const time = new Date(deps.now()).toISOString();
    return deps.store.audit.append({ time, actor, action, object, before: '', after, detail: detail.slice(0, 500) });
  };
  if (result.rewritten) {
    await append('git', 'branch rewritten', {
      after: result.head,
      detail: 'our last commit is no ancestor of the branch',
    });
  }
  for (const { commit, author, subject } of result.foreign) {
    await append(author, 'foreign commit', { after: commit, detail: subject });
  }
}

interface Settling {
  readonly reference: ChangeReference;
  readonly change: ChangeSet | undefined;
  readonly outcomes: ReadonlyMap<BlobAddress, GitOutcome>;
}

async function settle(deps: ActivityDeps, { reference, change, outcomes }: Settling): Promise<void> {
  const outcome = outcomes.get(reference.digest);
  if (outcome === undefined || change === undefined) return;
  const { group, operation } = reference;
  const failed = outcome.state === 'failed';
  const commit = failed ? '' : outcome.commit;
  const message = failed ? outcome.message : '';
  const moves = change.moves.flatMap(({ app, clusters, phase }) =>
    clusters.map((cluster) =>
      failed ? { app, cluster, phase: 'Failed' as const, message } : { app, cluster, phase, commit, message },
    ),
  );
  await deps.store.plans.moveTargets(group, operation, moves);
  await deps.store.plans.endChangeSet(reference.digest, {
    state: outcome.state,
    commit,
    tree: failed ? '' : outcome.tree,
    message,
  });
  await answer(deps, reference, { state: outcome.state, commit, message });
}

async function answer(
  deps: ActivityDeps,
  { workflowId, digest }: ChangeReference,
  { state, commit, message }: { state: 'committed' | 'superseded' | 'failed'; commit: string; message: string },
): Promise<void> {
  await deps.messenger.committed(workflowId, { digest, outcome: state, commit, message: message.slice(0, 500) });
}
