/** Watches a shard of the clusters for all groups: one activity that runs as long as it can. */
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { watchSteps } from './activities.ts';
import { type ClusterWatchInput, signals } from './messages.ts';

export async function clusterWatch(input: ClusterWatchInput): Promise<void> {
  let poked = true;
  setHandler(defineSignal(signals.poke), () => void (poked = true));
  for (;;) {
    poked = false;
    const scope = new CancellationScope();
    const watching = scope.run(() => watchSteps.watchClusters(input)).catch(ignoreCancellation);
    await Promise.race([watching, condition(() => poked)]);
    scope.cancel();
    await watching;
    if (workflowInfo().historyLength >= 2000) await continueAsNew<typeof clusterWatch>(input);
  }
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
