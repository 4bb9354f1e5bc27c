/** The writer's step: one push for a batch of change sets, then outcomes, phases and answers. */
import { Failure, failureClasses } from '#domain/failure.ts';
import type { ChangeSet, TargetMove } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { TargetChange } from '#domain/ports/plans.ts';
import type { GitBatchResult, GitChange, GitOutcome, GitRepository } from '#domain/ports/plugins.ts';
import type { ChangeReference, GitSteps } from '#domain/steps.ts';
import type { DocumentKey } from '#domain/group.ts';
import { type Bundle } from '#domain/manifest.ts';
import type { ActivityDeps } from './deps.ts';
import { auditForeign, findDrift, markDrift, toHeadFact } from './foreign-commits.ts';
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
    const moves = change.moves.flatMap(({ app, clusters, hook }) =>
      clusters.map((cluster) => ({ app, cluster, phase: hook?.isOnly === true ? null : ('Handed' as const), message })),
    );
    await deps.store.plans.moveTargets(change.group, change.operation, moves);
  }
}

async function toRepository(deps: ActivityDeps, { url, branch, credentials }: PushInput): Promise<GitRepository> {
  // The writer was started with the key of a document.
  return { url, branch, credentials: await readCredentials(deps.store.documents, credentials as DocumentKey) };
}

/** Foreign commits under ours: what they changed is found before the new head counts as known. */
async function noteHead(deps: ActivityDeps, input: PushInput, result: GitBatchResult): Promise<void> {
  if (result.head === '') return;
  const { head, foreign, rewritten } = result;
  if (foreign.length > 0 || rewritten) {
    const where = { repository: await toRepository(deps, input), head, foreign, rewritten };
    await auditForeign(deps, where);
    await markDrift(deps, await findDrift(deps, where), where);
  }
  await deps.store.facts.set(toHeadFact(input), head);
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
  const moves = change.moves.flatMap((move) => {
    const made = toChange(move, { failed, commit, message });
    return made === null ? [] : move.clusters.map((cluster) => ({ app: move.app, cluster, ...made }));
  });
  await deps.store.plans.moveTargets(group, operation, moves);
  await deps.store.plans.endChangeSet(reference.digest, {
    state: outcome.state,
    commit,
    tree: failed ? '' : outcome.tree,
    message,
  });
  await answer(deps, reference, { state: outcome.state, commit, message });
}

interface Pushed {
  readonly failed: boolean;
  readonly commit: string;
  readonly message: string;
}

/** Without a commit, what failed counts as never delivered. Null: the push changes nothing. */
function toChange(
  { phase, hook }: TargetMove,
  { failed, commit, message }: Pushed,
): Omit<TargetChange, 'app' | 'cluster'> | null {
  const change = failed ? hook?.refused : hook?.done;
  const own = change === undefined ? {} : { hook: change };
  if (hook?.isOnly !== true) return { phase: failed ? 'Failed' : phase, commit, message, ...(failed ? {} : own) };
  return change === undefined ? null : { phase: failed ? 'Failed' : null, message, ...own };
}

async function answer(
  deps: ActivityDeps,
  { workflowId, digest }: ChangeReference,
  { state, commit, message }: { state: 'committed' | 'superseded' | 'failed'; commit: string; message: string },
): Promise<void> {
  await deps.messenger.committed(workflowId, { digest, outcome: state, commit, message: message.slice(0, 500) });
}
