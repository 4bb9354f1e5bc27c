/** Steps of a group that only note that they ran; a test replaces those that matter to it. */
import type { ControllerCall } from '#domain/controllers.ts';
import { type ControllerInput, exchangeVersion } from '#domain/exchange.ts';
import type { PlanSummary } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Progress } from '#domain/status.ts';
import type { GroupSteps, OperationContext, Verdict } from '#domain/steps.ts';

const address = (name: string): BlobAddress => name.padEnd(64, '0') as BlobAddress;

export const noProgress: Progress = {
  total: 1,
  pending: 0,
  handed: 0,
  committed: 0,
  deployed: 0,
  ready: 1,
  failed: 0,
  removing: 0,
  removed: 0,
  offline: 0,
};

export const doneVerdict: Verdict = {
  progress: noProgress,
  step: null,
  wave: 0,
  gitTargets: 0,
  directTargets: 0,
  done: true,
  failure: null,
  summary: '1 targets: 1 ready',
  lookAgainMs: null,
};

const summary: PlanSummary = {
  digest: address('plan'),
  waves: 1,
  apps: 1,
  clusters: 1,
  targets: 1,
  bundles: 1,
  objects: 1,
};

const toInput = ({ controller, intent }: ControllerCall): ControllerInput => ({
  apiVersion: exchangeVersion,
  kind: 'ControllerCall',
  controller,
  intent,
  group: { project: 'p', compositeApp: 'ca', compositeAppVersion: 'v1', deploymentIntentGroup: 'g' },
  operation: { id: 'op', number: 1, kind: 'instantiate' },
  revision: 1,
  exchange: 'http://127.0.0.1:1/v2/exchanges/1',
});

export interface FakeSteps extends GroupSteps {
  /** `name` or `name detail`, in order of their start. */
  readonly calls: string[];
  readonly ends: { readonly operationId: string; readonly state: string; readonly message: string }[];
}

export function makeFakeSteps(replace: Partial<GroupSteps> = {}): FakeSteps {
  const calls: string[] = [];
  const ends: FakeSteps['ends'] = [];
  let operations = 0;
  let recalls = 0;
  let isPaused = false;
  let isStopped = false;
  const numbers = new Map<string, OperationContext>();
  const note = (name: string): void => void calls.push(name);
  return {
    calls,
    ends,
    recallGroup: async () => {
      recalls += 1;
      // The second time is when the workflow was told that its document is gone.
      return {
        context: null,
        paused: false,
        stopped: false,
        lastRevision: 0,
        firstTick: 1,
        exists: recalls === 1,
        open: [],
      };
    },
    acceptOperation: async ({ group, request }) => {
      note(`accept ${request.kind} ${request.operationId}`);
      const { operationId, kind, toRevision } = request;
      operations += 1;
      const context = numbers.get(operationId) ?? {
        group,
        operationId,
        kind,
        operation: operations,
        // A migration makes its revision in the target.
        revision: kind === 'migrate' && request.migrateTo?.group !== 'g' ? 0 : operations,
      };
      numbers.set(operationId, context);
      const { migrateTo } = request;
      if (kind === 'instantiate' || kind === 'terminate') isPaused = false;
      if (kind === 'stop') isStopped = true;
      else if (kind !== 'pause' && kind !== 'resume') isStopped = false;
      return { accepted: true, context, toRevision, migrateTo, firstTick: 1, paused: isPaused, stopped: isStopped };
    },
    recordRefusal: async ({ name }) => note(`refusal ${name}`),
    readIntents: async () => (note('readIntents'), { inputs: address('in'), apps: 1, clusters: 1, lookUpApps: 0 }),
    findCandidates: async () => (note('findCandidates'), { candidates: address('ca') }),
    offerExchange: async ({ call }) => (
      note(`offerExchange ${call.controller}`), { exchange: `exchange-${call.controller}`, input: toInput(call) }
    ),
    takeResult: async ({ call, digest }) => (
      note(`takeResult ${call.controller} ${digest.slice(0, 4)}`), { value: digest }
    ),
    gatherManifests: async () => (note('gatherManifests'), { manifests: address('ma') }),
    changeByIntents: async () => (note('changeByIntents'), { manifests: address('mb') }),
    bundleManifests: async () => (note('bundleManifests'), { bundles: address('bu'), count: 1 }),
    placeApps: async () => (note('placeApps'), { placement: address('pl'), targets: 1, clusters: 1 }),
    resolveLookUps: async () => (note('resolveLookUps'), { digest: address('lu'), urls: 1 }),
    renderCharts: async () => (note('renderCharts'), { rendered: address('re'), rendersDone: 1, rendersReused: 0 }),
    customiseManifests: async () => (note('customiseManifests'), { bundles: address('bu'), count: 1 }),
    freezePlan: async () => (note('freezePlan'), summary),
    planCloud: async () => (note('planCloud'), summary),
    takeRevisionAgain: async ({ toRevision }) => (note(`takeRevisionAgain ${toRevision}`), summary),
    planRemoval: async () => (note('planRemoval'), { targets: 1 }),
    judgeProgress: async () => doneVerdict,
    commitManifests: async () => (note('commitManifests'), { changeSets: 1 }),
    applyManifests: async () => (note('applyManifests'), { applied: 1, failed: 0 }),
    endOperation: async ({ operationId, state, message }) => {
      note(`end ${operationId} ${state}`);
      ends.push({ operationId, state, message });
      return { groupGone: false };
    },
    handOver: async ({ to }) => (note(`handOver ${to}`), { revision: 7 }),
    takeOver: async () => (note('takeOver'), summary),
    setPaused: async ({ paused }) => {
      isPaused = paused;
      note(paused ? 'paused' : 'resumed');
    },
    ...replace,
  };
}
