/**
 * The one durable writer of a repository and branch. What arrives while a push is under way goes together into the next
 * one; there is no waiting before the first, since the shortest timer of a Temporal server on SQLite takes a second.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  rootCause,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { branchSteps, gitSteps } from './activities.ts';
import { type ChangeSignal, type GitWriterInput, signals } from './messages.ts';

const largestBatch = 200;
const largestBatchBytes = 15_000;
/** How many groups' last tick is remembered; older ones are fenced by the store alone. */
const keptServed = 100;
/** A branch that can't be watched, for want of credentials say, is tried again after this. */
const watchAgainMs = 300_000;

type Served = Record<string, { operation: number; tick: number }>;

export async function gitWriter(input: GitWriterInput): Promise<void> {
  let inbox: ChangeSignal[] = [...(input.carried?.inbox ?? [])];
  const served: Served = { ...input.carried?.served };
  let { credentials } = input;
  const { url, branch } = input;
  setHandler(defineSignal<[unknown]>(signals.change), (change) => void (isChange(change) && inbox.push(change)));
  const watch = new CancellationScope();
  const watched = watch.run(() => watchForever(() => ({ url, branch, credentials }))).catch(ignoreCancellation);
  for (;;) {
    await condition(() => inbox.length > 0 || isLong());
    if (inbox.length > 0) {
      const batch = inbox.slice(0, toBatchSize(inbox));
      inbox = inbox.slice(batch.length);
      credentials = batch.at(-1)?.credentials ?? credentials;
      await push({ url, branch, credentials }, dropOld(batch, served));
    }
    if (!isLong()) continue;
    watch.cancel();
    await watched;
    await condition(allHandlersFinished);
    const carried = { inbox, served: Object.fromEntries(Object.entries(served).slice(-keptServed)) };
    await continueAsNew<typeof gitWriter>({ url, branch, credentials, carried });
  }
}

/** Anybody may send a signal; one that names no change set must not hold the others up. */
function isChange(value: unknown): value is ChangeSignal {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  const isText = (name: string): boolean => /^.{1,1000}$/.test(String(members.get(name)));
  const isNumber = (name: string): boolean => Number.isSafeInteger(members.get(name));
  return (
    /^[0-9a-f]{64}$/.test(String(members.get('digest'))) &&
    ['group', 'gid', 'workflowId', 'credentials'].every(
      (name) => typeof members.get(name) === 'string' && isText(name),
    ) &&
    ['operation', 'tick'].every(isNumber)
  );
}

/** As many as fit into a payload of 16 KB, all with the same credentials: wrong ones fail only whoever named them. */
function toBatchSize(inbox: readonly ChangeSignal[]): number {
  let bytes = 0;
  const isOver = (change: ChangeSignal): boolean => {
    bytes += JSON.stringify(change).length + 1;
    return bytes > largestBatchBytes || change.credentials !== inbox[0]?.credentials;
  };
  const fitting = inbox.slice(0, largestBatch).findIndex(isOver);
  return fitting < 0 ? Math.min(inbox.length, largestBatch) : Math.max(1, fitting);
}

type Repository = Pick<GitWriterInput, 'url' | 'branch' | 'credentials'>;

async function push(repository: Repository, changes: readonly ChangeSignal[]): Promise<void> {
  if (changes.length === 0) return;
  try {
    const options = { summary: `${changes.length} change sets` };
    report(repository, await gitSteps.pushChanges.executeWithOptions(options, [{ ...repository, changes }]));
  } catch (error) {
    // The groups hand over again what they hear nothing of.
    if (!(error instanceof ActivityFailure)) throw error;
    setCurrentDetails(`The last batch failed: ${rootCause(error) ?? error.message}`);
  }
}

type Pushed = Awaited<ReturnType<typeof gitSteps.pushChanges>>;

function report(repository: Repository, done: Pushed): void {
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
    if (isOld) return false;
    // Written anew, so that the last served come last.
    delete served[change.gid];
    served[change.gid] = { operation: change.operation, tick: change.tick };
    return true;
  });
}

/** Polls inside an activity, so that an idle branch costs a few events in six hours. */
async function watchForever(repository: () => Repository): Promise<void> {
  for (;;) {
    try {
      await branchSteps.watchBranch(repository());
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      await sleep(watchAgainMs);
    }
  }
}

const isLong = (): boolean => workflowInfo().historyLength >= 2000 || workflowInfo().continueAsNewSuggested;

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
