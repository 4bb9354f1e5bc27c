import { judge, type Judgement, type StepTarget } from '#domain/judge.ts';
import { isCloudKey } from '#domain/group.ts';
import type { Progress } from '#domain/status.ts';
import type { JudgeInput, OperationContext, Verdict } from '#domain/steps.ts';
import { findDemands, tellMembers } from './cloud-demands.ts';
import { compareContents } from './compare-contents.ts';
import type { ActivityDeps } from './deps.ts';
import { type GroupView, loadGroupView, refuseWhenSuperseded, toViews } from './group-view.ts';
import { saveJson } from './json-blobs.ts';

/** The targets of one step, kept by address. */
export interface StepContent {
  readonly targets: readonly StepTarget[];
}

/** Looks at everything that was observed, moves the targets' phases, and says what may go now. */
export async function judgeProgress(deps: ActivityDeps, { context, advance }: JudgeInput): Promise<Verdict> {
  await refuseWhenSuperseded(deps, context);
  const view = await loadGroupView(deps, context.group);
  const contents = await compareContents(deps, view);
  const views = toViews(view, { ...contents, demands: await findDemands(deps, view) });
  const judgement = judge({
    views,
    apps: view.plan?.apps ?? [],
    advance,
    nowMs: deps.now(),
    hookTimeoutMs: deps.hookTimeoutMs,
  });
  if (judgement.moves.length > 0) {
    await deps.store.plans.moveTargets(context.group, context.operation, judgement.moves);
  }
  if (isCloudKey(context.group) && judgement.moves.some(({ phase }) => phase === 'Ready'))
    await tellMembers(deps, context);
  const verdict = await toVerdict(deps, context, judgement);
  deps.viewed.remember(context.group, {
    key: verdict.step ?? '',
    value: { ...view, rows: toMoved(view.rows, judgement.moves) },
  });
  return verdict;
}

/** The rows with the phases that they have just got. */
function toMoved(rows: GroupView['rows'], moves: Judgement['moves']): GroupView['rows'] {
  const byTarget = new Map(moves.map((move) => [`${move.cluster} ${move.app}`, move]));
  return rows.map((row) => {
    const move = byTarget.get(`${row.cluster} ${row.app}`);
    if (move === undefined) return row;
    const hook = move.hook === undefined || row.hook === null ? row.hook : { ...row.hook, ...move.hook.to };
    return { ...row, phase: move.phase, message: move.message, hook };
  });
}

async function toVerdict(deps: ActivityDeps, context: OperationContext, judgement: Judgement): Promise<Verdict> {
  const progress = await deps.store.plans.progress(context.group);
  const { free, wave, done, failure, lookAgainMs } = judgement;
  const gitTargets = free.filter((target) => target.delivery === 'git').length;
  const step = free.length === 0 ? null : await saveJson(deps.store.blobs, { targets: free } satisfies StepContent);
  return {
    progress,
    step,
    wave: toWaveNumber(wave),
    gitTargets,
    directTargets: free.length - gitTargets,
    done,
    failure,
    summary: toSummary(progress),
    lookAgainMs,
  };
}

/** Removal orders count down from a million; people see the wave. */
const toWaveNumber = (order: number): number => (order > 500_000 ? 1_000_000 - order : order);

function toSummary(progress: Progress): string {
  const { total, ...counts } = progress;
  const said = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  return `${total} targets: ${said.join(', ')}`;
}
