import { orThrow } from '#domain/failure.ts';
import type { GroupInputs } from '#domain/inputs.ts';
import { type AppCandidates, chooseClusters, findCandidates, placeGroup } from '#domain/placement.ts';
import type { GroupSteps, PlanningStep } from '#domain/steps.ts';
import { orderApps } from '#domain/waves.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, saveJson } from './json-blobs.ts';

/** Chooses the clusters of every app; refuses a cycle of dependencies before anything is rendered. */
export async function placeApps(
  deps: ActivityDeps,
  { inputs, candidates }: Parameters<GroupSteps['placeApps']>[0],
): ReturnType<GroupSteps['placeApps']> {
  const { blobs } = deps.store;
  const group = await loadJson<GroupInputs>(blobs, inputs);
  orThrow(orderApps(group.apps));
  const left = candidates === undefined ? null : await loadJson<readonly AppCandidates[]>(blobs, candidates);
  const placement = left === null ? orThrow(placeGroup(group)) : left.map(chooseClusters);
  const clusters = new Set(placement.flatMap((app) => app.choices.map((choice) => choice.cluster)));
  const targets = placement.reduce((sum, app) => sum + app.choices.length, 0);
  return { placement: await saveJson(deps.store.blobs, placement), targets, clusters: clusters.size };
}

export async function offerCandidates(
  deps: ActivityDeps,
  { inputs }: PlanningStep,
): ReturnType<GroupSteps['findCandidates']> {
  const group = await loadJson<GroupInputs>(deps.store.blobs, inputs);
  orThrow(orderApps(group.apps));
  return { candidates: await saveJson(deps.store.blobs, orThrow(findCandidates(group))) };
}
