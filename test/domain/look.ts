/** One look of `judge`, and its answer in words. */
import type { AppDependency } from '#domain/inputs.ts';
import { judge, type Judgement, type TargetView } from '#domain/judge.ts';
import type { PlanApp } from '#domain/plan.ts';
import { startMs } from '#test/support/target-view.ts';

export const app = (name: string, wave = 0, dependencies: readonly AppDependency[] = []): PlanApp => ({
  app: name,
  wave,
  dependencies,
  warnings: [],
});

interface Look {
  readonly apps?: readonly PlanApp[];
  readonly seconds?: number;
  readonly advance?: boolean;
}

export const look = (views: readonly TargetView[], { apps = [], seconds = 1, advance = true }: Look = {}): Judgement =>
  judge({ views, apps, advance, nowMs: startMs + seconds * 1000, hookTimeoutMs: 300_000 });

export const free = (judgement: Judgement): readonly string[] =>
  judgement.free.map((one) => `${one.app} ${one.cluster} ${one.phase}`);

export const moved = (judgement: Judgement): readonly string[] =>
  judgement.moves.map((one) => `${one.app} ${one.cluster} ${one.phase} ${one.message}`.trim());
