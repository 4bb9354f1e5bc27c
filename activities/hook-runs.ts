/** The hooks' objects that a step writes: made from their bundles, kept by address. */
import { Failure } from '#domain/failure.ts';
import { type HookChanges, type HookRun, isCrdRemoval, toHookChanges } from '#domain/hooks.ts';
import { toHookRun, toRunName, toRunObject } from '#domain/hooks.ts';
import type { StepTarget } from '#domain/judge.ts';
import type { Bundle, KubernetesObject } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { TargetRow } from '#domain/status.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, saveJson } from './json-blobs.ts';

/** A step of a hook: what it writes, and what it makes of the row. */
export interface HookWork {
  /** What shall be in Git or on the cluster, or is to go from there; null when nothing is known of it. */
  readonly run: HookRun | null;
  /** Address of what shall be in Git after the step; null: nothing. */
  readonly content: BlobAddress | null;
  readonly changes: HookChanges;
}

/** Equal targets share what they write. */
export type FindHookWork = (target: StepTarget, row: TargetRow) => Promise<HookWork | null>;

export function makeHookWorks(deps: ActivityDeps): FindHookWork {
  const made = new Map<string, Promise<Written>>();
  const once = (key: string, make: () => Promise<Written>): Promise<Written> => {
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
  return async ({ hook: step, delivery }, row) => {
    if (step === undefined || row.hook === null) return null;
    const { content: present } = row.hook;
    const isFailed = row.phase === 'Failed';
    if (step.do === 'run') {
      const key = `${row.bundle ?? row.previousBundle ?? ''} ${step.path} ${row.operation}.${step.at}`;
      const { run, content } = await once(key, () => writeRun(deps, row, step));
      return { run, content, changes: toHookChanges(row.hook, 'run', { content, isFailed }) };
    }
    const there = present === null ? null : await once(present, () => read(deps, present));
    if (step.do === 'dispose' && there !== null && delivery === 'kubernetes') {
      // Deleting it is all: nothing has to learn first that it may go.
      const changes = toHookChanges(row.hook, 'clear', { content: null, isFailed });
      return { run: { ...there.run, keeps: false }, content: null, changes };
    }
    if (step.do === 'dispose' && there !== null) {
      const { run, content } = await once(`dispose ${there.content}`, () => writeWithoutKeep(deps, there.run));
      return { run, content, changes: toHookChanges(row.hook, 'dispose', { content, isFailed }) };
    }
    const ending = step.do === 'clear-too' ? 'clear-too' : 'clear';
    return {
      run: there?.run ?? null,
      content: null,
      changes: toHookChanges(row.hook, ending, { content: null, isFailed }),
    };
  };
}

interface Written {
  readonly run: HookRun;
  readonly content: BlobAddress;
}

type RunStep = Extract<NonNullable<StepTarget['hook']>, { do: 'run' }>;

async function writeRun(deps: ActivityDeps, row: TargetRow, step: RunStep): Promise<Written> {
  const address = row.bundle ?? row.previousBundle;
  const bundle = address === null ? null : await loadJson<Bundle>(deps.store.blobs, address);
  const hooks = bundle?.hooks.filter((hook) => hook.path === step.path);
  const files = isCrdRemoval(step) ? bundle?.crds : hooks;
  if (files === undefined || files.length === 0) {
    const object = `app ${row.app} on cluster ${row.cluster}`;
    throw new Failure('internal', [{ object, expected: `hook ${step.path} in its bundle`, found: 'none' }]);
  }
  const run = toRunName(row.operation, step.at);
  const { keeps } = step;
  const options = { run, keeps, keepAnnotations: toKeepAnnotations(deps) };
  const made = files.map(({ path, identity, text }) => {
    // Whoever asks that CRDs go means also those that their chart wants to be kept.
    const given = readObject(deps, text);
    const object = toRunObject(isCrdRemoval(step) ? withoutKeep(deps, given) : given, options);
    return { path, identity, text: deps.toYaml(object) };
  });
  return write(deps, toHookRun(made, run, keeps));
}

async function writeWithoutKeep(deps: ActivityDeps, { main, run }: HookRun): Promise<Written> {
  const files = main.map((file) => ({ ...file, text: deps.toYaml(withoutKeep(deps, readObject(deps, file.text))) }));
  return write(deps, toHookRun(files, run, false));
}

function withoutKeep(deps: ActivityDeps, object: KubernetesObject): KubernetesObject {
  const keeping = toKeepAnnotations(deps);
  const annotations = Object.entries(object.metadata['annotations'] ?? {});
  const rest = Object.fromEntries(annotations.filter(([name]) => !(name in keeping)));
  return { ...object, metadata: { ...object.metadata, annotations: rest } };
}

const write = async (deps: ActivityDeps, run: HookRun): Promise<Written> => ({
  run,
  content: await saveJson(deps.store.blobs, run),
});

const read = async (deps: ActivityDeps, content: BlobAddress): Promise<Written> => ({
  run: await loadJson<HookRun>(deps.store.blobs, content),
  content,
});

export const toKeepAnnotations = ({ gitops }: Pick<ActivityDeps, 'gitops'>): Readonly<Record<string, string>> =>
  Object.assign({}, ...gitops.map((provider) => provider.keepAnnotations));

// The text was made from an object.
const readObject = ({ fromYaml }: ActivityDeps, text: string): KubernetesObject => fromYaml(text) as KubernetesObject;
