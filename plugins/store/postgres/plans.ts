import type { Plans } from '#domain/ports/plans.ts';

import { makeBundles } from './bundles.ts';
import { makeChangeSets } from './change-sets.ts';
import type { FreezeDeps } from './freeze.ts';
import { freeze } from './freeze.ts';
import { handOver } from './hand-over.ts';
import { makeObservations } from './observations.ts';
import { makeSummaries } from './summaries.ts';
import { makeTargets } from './targets.ts';

export const makePlans = (deps: FreezeDeps): Plans => ({
  ...makeBundles(deps.database),
  ...makeTargets(deps),
  ...makeChangeSets(deps.database),
  ...makeObservations(deps.database),
  ...makeSummaries(deps.database),
  freeze: (request) => freeze(deps, request),
  handOver: (request) => handOver(deps, request),
});
