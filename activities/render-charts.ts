import { Failure } from '#domain/failure.ts';
import type { AppInput, GroupInputs } from '#domain/inputs.ts';
import { toCanonicalJson } from '#domain/json.ts';
import type { RenderedApp } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { GroupSteps, PlanningStep } from '#domain/steps.ts';
import { atATime } from './at-a-time.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, loadManyJson, saveJson, toSortedIndex } from './json-blobs.ts';

/** Address of the rendered objects by app. */
export type RenderedIndex = Readonly<Record<string, BlobAddress>>;

/** Two for the cores where this was tuned, and one that is unpacked or read meanwhile. */
const atOnce = 3;

/** Renders each chart once, not once a cluster; a chart whose inputs are as before is not rendered again. */
export async function renderCharts(
  deps: ActivityDeps,
  { inputs }: PlanningStep,
  signal: AbortSignal,
): ReturnType<GroupSteps['renderCharts']> {
  const group = await loadJson<GroupInputs>(deps.store.blobs, inputs);
  const index: Record<string, BlobAddress> = {};
  let rendersReused = 0;
  await atATime(atOnce, group.apps, async (app) => {
    signal.throwIfAborted();
    const { address, reused } = await renderOnce(deps, { group, app, signal });
    index[app.name] = address;
    rendersReused += Number(reused);
  });
  const rendered = await saveJson(deps.store.blobs, toSortedIndex(index) satisfies RenderedIndex);
  return { rendered, rendersDone: group.apps.length - rendersReused, rendersReused };
}

export interface Rendered {
  readonly apps: readonly RenderedApp[];
  /** @throws Failure `internal` for an app that was not rendered. */
  of(app: string): { readonly address: BlobAddress; readonly own: RenderedApp };
}

export async function loadRendered({ store }: ActivityDeps, address: BlobAddress): Promise<Rendered> {
  const index = await loadJson<RenderedIndex>(store.blobs, address);
  const apps = await loadManyJson<RenderedApp>(store.blobs, Object.values(index));
  return {
    apps: [...apps.values()],
    of(app) {
      const address = index[app];
      const own = address === undefined ? undefined : apps.get(address);
      if (address === undefined || own === undefined) throw notRendered(app);
      return { address, own };
    },
  };
}

const notRendered = (app: string): Failure =>
  new Failure('internal', [{ object: `app ${app}`, expected: 'its rendered objects in the store', found: 'none' }]);

interface RenderTask {
  readonly group: GroupInputs;
  readonly app: AppInput;
  readonly signal: AbortSignal;
}

async function renderOnce(deps: ActivityDeps, task: RenderTask): Promise<{ address: BlobAddress; reused: boolean }> {
  const name = `render:${toCacheKey(deps, task)}`;
  const known = await deps.store.facts.get(name);
  // Only this function writes the fact; what a fact names is never swept.
  if (known !== null) return { address: known as BlobAddress, reused: true };
  const address = await saveJson(deps.store.blobs, await render(deps, task));
  await deps.store.facts.set(name, address);
  return { address, reused: false };
}

async function render({ store, renderer }: ActivityDeps, { group, app, signal }: RenderTask): Promise<RenderedApp> {
  const chart = await store.blobs.get(app.chart);
  const profile = app.profile === null ? null : await store.blobs.get(app.profile);
  const { release, logicalCloud } = group;
  const { overrideValues, name } = app;
  return renderer.render(
    { app: name, chart, profile, overrideValues, release, namespace: logicalCloud.namespace },
    signal,
  );
}

function toCacheKey({ renderer, sha256 }: ActivityDeps, { group, app }: RenderTask): string {
  const { name, chart, profile, overrideValues } = app;
  const { release, logicalCloud } = group;
  return sha256(
    toCanonicalJson({
      fingerprint: renderer.fingerprint,
      name,
      chart,
      profile,
      overrideValues,
      release,
      namespace: logicalCloud.namespace,
    }),
  );
}
