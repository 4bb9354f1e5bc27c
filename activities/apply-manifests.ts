/** Applies the direct targets of a step to their clusters, some at a time; one that fails does not hold the others. */
import { Failure, failureClasses } from '#domain/failure.ts';
import { type ClusterKey, isCloudKey } from '#domain/group.ts';
import type { StepTarget } from '#domain/judge.ts';
import { isHookOnly } from '#domain/judge-hooks.ts';
import { toKeptMessage } from '#domain/judge-phases.ts';
import type { Bundle } from '#domain/manifest.ts';
import type { TargetChange } from '#domain/ports/plans.ts';
import type { ApplyTenant } from '#domain/ports/plugins.ts';
import type { GroupSteps, StepInput } from '#domain/steps.ts';
import type { TargetRow } from '#domain/status.ts';
import type { ActivityDeps } from './deps.ts';
import { type GroupView, loadGroupView, refuseWhenSuperseded } from './group-view.ts';
import { type FindHookWork, type HookWork, makeHookWorks } from './hook-runs.ts';
import type { StepContent } from './judge-progress.ts';
import { loadJson } from './json-blobs.ts';
import { toClusterDocument } from './read-clusters.ts';
import { certifyUser, forgetUserCertificate, readTenantKubeconfig } from './user-certificates.ts';

const atOnce = 10;

interface Work {
  readonly deps: ActivityDeps;
  readonly input: StepInput;
  readonly view: GroupView;
  readonly signal: AbortSignal;
  readonly findHook: FindHookWork;
}

export async function applyManifests(
  deps: ActivityDeps,
  input: StepInput,
  signal: AbortSignal,
): ReturnType<GroupSteps['applyManifests']> {
  const { context } = input;
  await refuseWhenSuperseded(deps, context);
  const view = await loadGroupView(deps, context.group);
  const { targets } = await loadJson<StepContent>(deps.store.blobs, input.step);
  const direct = targets.filter((target) => target.delivery === 'kubernetes');
  const work: Work = { deps, input, view, signal, findHook: makeHookWorks(deps) };
  // So that a target that fails again is tried again only after a pause.
  const handed = direct
    .filter(({ hook }) => !isHookOnly(hook))
    .map(({ app, cluster }) => ({ app, cluster, phase: 'Handed' as const }));
  await deps.store.plans.moveTargets(context.group, context.operation, handed);
  let failed = 0;
  for (let at = 0; at < direct.length; at += atOnce) {
    signal.throwIfAborted();
    const some = direct.slice(at, at + atOnce);
    const done = await Promise.all(some.map((target) => applyOne(work, target)));
    failed += done.filter((ok) => !ok).length;
  }
  await deps.store.groups.step(context.group, context.operationId, `wave ${input.wave} applied`);
  await deps.messenger.watch([...new Set(direct.map((target) => target.cluster))]);
  return { applied: direct.length - failed, failed };
}

async function applyOne(work: Work, target: StepTarget): Promise<boolean> {
  const row = work.view.rows.find((r) => r.app === target.app && r.cluster === target.cluster);
  if (row === undefined) return true;
  const hook = await work.findHook(target, row);
  try {
    await takeHookStep(work, { target, row, hook });
    const { done } = hook?.changes ?? {};
    const own = done === undefined ? {} : { hook: done };
    if (!isHookOnly(target.hook)) await deliver(work, row);
    await work.deps.store.plans.setConnectivity(row.cluster, 'Available', '');
    const phase = isHookOnly(target.hook) ? null : target.phase;
    await move(work, row, { phase, message: toKeptMessage(row), ...own });
    return true;
  } catch (error) {
    work.signal.throwIfAborted();
    return await note(work, { target, row, hook }, error);
  }
}

interface Taken {
  readonly target: StepTarget;
  readonly row: TargetRow;
  readonly hook: HookWork | null;
}

/** Makes the hook's object, or deletes it where it shall not stay. */
async function takeHookStep(work: Work, { target, row, hook }: Taken): Promise<void> {
  const step = target.hook;
  if (step === undefined || hook === null || hook.run === null) return;
  const { handed } = hook.changes;
  if (handed !== undefined) await move(work, row, { phase: null, message: '', hook: handed });
  const content = row.bundle === null ? null : await loadJson<Bundle>(work.deps.store.blobs, row.bundle);
  const request = { ...(await toSubject(work, row)), crds: content?.crds ?? [], hook: hook.run };
  if (step.do === 'run') return work.deps.deployer.runHook(request);
  if (!hook.run.keeps) await work.deps.deployer.removeHook(request);
}

async function toSubject({ deps, input, view, signal }: Work, row: TargetRow) {
  const kubeconfig = await readKubeconfig(deps, row.cluster);
  return {
    kubeconfig,
    ...(await toTenantPart(deps, view, { cluster: row.cluster, own: kubeconfig })),
    gid: view.gid,
    app: row.app,
    namespace: view.plan?.namespace ?? 'default',
    operation: input.context.operation,
    heartbeat: () => signal.throwIfAborted(),
    signal,
  };
}

async function deliver(work: Work, row: TargetRow): Promise<void> {
  const { deps, view, signal } = work;
  const common = await toSubject(work, row);
  const { kubeconfig } = common;
  if (row.bundle === null) {
    await deps.deployer.remove(common);
    if (isCloudKey(view.group)) await forgetUserCertificate(deps, view.group, row.cluster);
    return;
  }
  const content = await loadJson<Bundle>(deps.store.blobs, row.bundle);
  const leavesForeignNamespaces = isCloudKey(view.group);
  await deps.deployer.apply({ ...common, bundle: row.bundle, content, leavesForeignNamespaces });
  if (isCloudKey(view.group)) await certifyUser(deps, { cloud: view.group, cluster: row.cluster, kubeconfig, signal });
}

/** With whose rights a plan of a level 1 cloud is applied. */
async function toTenantPart(
  deps: ActivityDeps,
  { plan }: GroupView,
  { cluster, own }: { readonly cluster: ClusterKey; readonly own: string },
): Promise<{ readonly tenant?: ApplyTenant }> {
  if (plan?.tenant === undefined) return {};
  const kubeconfig = await readTenantKubeconfig(deps, { tenant: plan.tenant, cluster, own });
  return { tenant: { kubeconfig, title: `logical cloud ${plan.tenant.name} on cluster ${cluster}` } };
}

/** An unreachable cluster stays Pending and is tried again; a refusal is the target's failure. */
async function note(work: Work, { target, row, hook }: Taken, error: unknown): Promise<boolean> {
  if (!(error instanceof Failure)) throw error;
  if (error.code === 'operation-superseded') throw error;
  const retryable = failureClasses[error.code].retryable;
  if (error.code === 'cluster-unreachable')
    await work.deps.store.plans.setConnectivity(row.cluster, 'Retrying', error.message);
  const { message } = error;
  if (isHookOnly(target.hook)) {
    const refused = retryable ? undefined : hook?.changes.refused;
    await move(work, row, {
      phase: retryable ? null : 'Failed',
      message,
      ...(refused === undefined ? {} : { hook: refused }),
    });
  } else await move(work, row, { phase: retryable ? 'Handed' : 'Failed', message });
  return false;
}

async function move(
  { deps, input }: Work,
  { app, cluster }: TargetRow,
  change: Pick<TargetChange, 'phase' | 'message' | 'hook'>,
): Promise<void> {
  const { group, operation } = input.context;
  const commit = change.phase === null ? {} : { commit: change.phase === 'Deployed' ? 'direct' : '' };
  await deps.store.plans.moveTargets(group, operation, [{ app, cluster, ...change, ...commit }]);
}

export async function readKubeconfig(deps: Pick<ActivityDeps, 'store'>, cluster: ClusterKey): Promise<string> {
  const document = await deps.store.documents.find(toClusterDocument(cluster));
  const file = document?.files[0];
  if (file !== undefined) return new TextDecoder().decode(await deps.store.blobs.get(file.content));
  throw new Failure('document-not-found', [{ object: `cluster ${cluster}`, expected: 'a kubeconfig', found: 'none' }]);
}
