/**
 * The one durable writer of a repository and branch. What arrives while a push is under way goes together into the next
 * one; there is no waiting before the first, since the shortest timer of a Temporal server on SQLite takes a second.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { branchSteps, gitSteps } from './activities.ts';
import { type ChangeSignal, type GitWriterInput, signals } from './messages.ts';

const largestBatch = 200;

type Served = Record<string, { operation: number; tick: number }>;

export async function gitWriter(input: GitWriterInput): Promise<void> {
  let inbox: ChangeSignal[] = [...(input.carried?.inbox ?? [])];
  const served: Served = { ...input.carried?.served };
  setHandler(defineSignal<[ChangeSignal]>(signals.change), (change) => void inbox.push(change));
  const { url, branch, credentials } = input;
  const watch = new CancellationScope();
  const watched = watch.run(() => watchForever({ url, branch, credentials })).catch(ignoreCancellation);
  for (;;) {
    await condition(() => inbox.length > 0 || isLong());
    if (inbox.length > 0) {
      const batch = inbox.slice(0, largestBatch);
      inbox = inbox.slice(batch.length);
      await push({ url, branch, credentials }, dropOld(batch, served));
    }
    if (!isLong()) continue;
    watch.cancel();
    await watched;
    await condition(allHandlersFinished);
    await continueAsNew<typeof gitWriter>({ url, branch, credentials, carried: { inbox, served } });
  }
}

type Repository = Pick<GitWriterInput, 'url' | 'branch' | 'credentials'>;

async function push(repository: Repository, changes: readonly ChangeSignal[]): Promise<void> {
  if (changes.length === 0) return;
  const done = await gitSteps.pushChanges.executeWithOptions({ summary: `${changes.length} change sets` }, [
    { ...repository, changes },
  ]);
  setCurrentDetails(
    `Branch **${repository.branch}** stands at \`${done.head}\`. Last batch: ${done.committed} committed, ` +
      `${done.superseded} superseded, ${done.failed} failed; ${done.foreignCommits} foreign commits were kept.`,
  );
}

/** Per group the highest (operation, tick) is served; what is older and comes late is dropped, and its group knows better. */
function dropOld(batch: readonly ChangeSignal[], served: Served): readonly ChangeSignal[] {
  return batch.filter((change) => {
    const last = served[change.gid];
    const isOld =
      last !== undefined &&
      (change.operation < last.operation || (change.operation === last.operation && change.tick < last.tick));
    if (!isOld) served[change.gid] = { operation: change.operation, tick: change.tick };
    return !isOld;
  });
}

/** Polls inside an activity, so that an idle branch costs a few events in six hours. */
async function watchForever(repository: Repository): Promise<void> {
  for (;;) await branchSteps.watchBranch(repository);
}

const isLong = (): boolean => workflowInfo().historyLength >= 2000 || workflowInfo().continueAsNewSuggested;

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
