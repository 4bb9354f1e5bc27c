import type { GitSteps, GroupSteps, WatchSteps } from '#domain/steps.ts';
import { acceptOperation, endOperation, recallGroup, recordRefusal, setPaused } from './accept-operation.ts';
import { applyManifests } from './apply-manifests.ts';
import { asActivity } from './as-activity.ts';
import { offerExchange, takeResult } from './ask-controller.ts';
import { commitManifests } from './commit-manifests.ts';
import { customiseManifests } from './customise-manifests.ts';
import type { ActivityDeps } from './deps.ts';
import { planRemoval, takeRevisionAgain } from './earlier-plans.ts';
import { freezePlan } from './freeze-plan.ts';
import { judgeProgress } from './judge-progress.ts';
import { handOver, takeOver } from './migration.ts';
import { offerCandidates, placeApps } from './place-apps.ts';
import { planCloud } from './plan-cloud.ts';
import { pushChanges } from './push-changes.ts';
import { readIntents } from './read-intents.ts';
import { renderCharts } from './render-charts.ts';
import { resolveLookUps } from './resolve-look-ups.ts';
import { bundleManifests, changeByIntents, gatherRendered } from './stage-manifests.ts';
import { watchBranch } from './watch-branch.ts';
import { watchClusters } from './watch-clusters.ts';

type Steps = GroupSteps & GitSteps & WatchSteps;

/** Step functions with their dependencies; `asActivity` makes them Temporal activities. */
export function makeActivities(deps: ActivityDeps): Steps {
  const activity = <Input, Output>(
    step: (given: ActivityDeps, input: Input, signal: AbortSignal) => Promise<Output>,
  ): ((input: Input) => Promise<Output>) => asActivity((input, signal) => step(deps, input, signal));
  return {
    acceptOperation: activity(acceptOperation),
    recallGroup: activity(recallGroup),
    recordRefusal: activity(recordRefusal),
    readIntents: activity(readIntents),
    findCandidates: activity(offerCandidates),
    placeApps: activity(placeApps),
    resolveLookUps: activity(resolveLookUps),
    renderCharts: activity(renderCharts),
    customiseManifests: activity(customiseManifests),
    offerExchange: activity(offerExchange),
    takeResult: activity(takeResult),
    gatherManifests: activity(gatherRendered),
    changeByIntents: activity(changeByIntents),
    bundleManifests: activity(bundleManifests),
    freezePlan: activity(freezePlan),
    planCloud: activity(planCloud),
    takeRevisionAgain: activity(takeRevisionAgain),
    planRemoval: activity(planRemoval),
    handOver: activity(handOver),
    takeOver: activity(takeOver),
    judgeProgress: activity(judgeProgress),
    commitManifests: activity(commitManifests),
    applyManifests: activity(applyManifests),
    endOperation: activity(endOperation),
    setPaused: activity(setPaused),
    pushChanges: activity(pushChanges),
    watchBranch: activity(watchBranch),
    watchClusters: activity(watchClusters),
  };
}

export type { ActivityDeps, Messenger } from './deps.ts';
export { makeLastMade } from './last-made.ts';
