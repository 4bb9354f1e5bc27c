import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BundleHook, type HookChange, type HookProgress, isKeptHook, noHooks } from '#domain/hooks.ts';
import { toHookChanges, toOccasionHooks, toRunName } from '#domain/hooks.ts';
import type { Judgement, StepTarget, TargetView } from '#domain/judge.ts';
import { isHookOnly } from '#domain/judge-hooks.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ResourceStatus } from '#domain/status.ts';
import { at, leaving, observation, resource, target } from '#test/support/target-view.ts';
import { look, moved } from './look.ts';

const content = 'c'.repeat(64) as BlobAddress;

const hook = (name: string, event: BundleHook['events'][number], ...policies: readonly string[]): BundleHook => ({
  path: `job-${name}.yaml`,
  kind: 'Job',
  name,
  namespace: 'shop',
  events: [event],
  weight: 0,
  deletePolicies: policies,
});

const progress = (change: Partial<HookProgress> = {}): HookProgress => ({
  occasion: 'install',
  done: 0,
  state: 'idle',
  content: null,
  since: at(0),
  ...change,
});

interface Given {
  readonly hooks: readonly BundleHook[];
  readonly progress?: Partial<HookProgress>;
  readonly seen?: { readonly status: ResourceStatus; readonly run?: string };
  readonly content?: TargetView['content'];
}

const hookView = ({ hooks, progress: change = {}, seen, content: compared = 'ours' }: Given) => {
  const state = progress(change);
  const found = seen === undefined ? null : { ...resource(seen.status), run: seen.run ?? toRunName(1, state.done) };
  return {
    ...(state.occasion === null ? noHooks : toOccasionHooks(hooks, state.occasion)),
    progress: state,
    observation: found === null ? null : observation({ resources: [found] }),
    content: compared,
    keeps: true,
  };
};

const given = (choice: Parameters<typeof target>[0], hooks: Given): TargetView => {
  const view = hookView(hooks);
  return target({ ...choice, hook: view, row: { ...choice?.row, hook: view.progress } });
};

const steps = (judgement: Judgement): readonly string[] =>
  judgement.free.map(
    ({ phase, hook: step }) => `${phase} ${step?.do ?? 'main'}${step?.do === 'run' ? ` ${step.path}` : ''}`,
  );

const ready = { phase: 'Committed', observation: observation(), content: 'ours' } as const;
const pre = hook('a', 'pre-install');
const post = hook('z', 'post-install');

describe('a hook before an app', () => {
  it('goes before it', () => {
    expect(steps(look([given({}, { hooks: [pre] })]))).toEqual(['Pending run job-a.yaml']);
  });

  it('waits for the CRDs of its app', () => {
    const crds = { bringsCrds: true } as const;
    expect(steps(look([given(crds, { hooks: [pre] })]))).toEqual(['CrdsCommitted main']);
    const there = { ...crds, phase: 'CrdsCommitted', crdsObservation: observation(), crdsContent: 'ours' } as const;
    expect(steps(look([given({ ...there, crdsContent: 'other' }, { hooks: [pre] })]))).toEqual([]);
    expect(steps(look([given(there, { hooks: [pre] })]))).toEqual(['CrdsCommitted run job-a.yaml']);
  });

  it('holds it while it runs, and says so', () => {
    const running = given(
      {},
      { hooks: [pre], progress: { state: 'running', content }, seen: { status: 'InProgress' } },
    );
    const judgement = look([running]);
    expect(judgement).toMatchObject({ free: [], done: false, failure: null });
    expect(moved(judgement)).toEqual(['web edge+c1 Pending pre-install hook Job a: web is InProgress']);
  });

  it('lets it go when it is done, and leaves Git with the same step', () => {
    const done = given({}, { hooks: [pre], progress: { state: 'sent', content }, seen: { status: 'Current' } });
    expect(steps(look([done]))).toEqual(['Committed clear-too']);
  });

  it('is not done by what an earlier run left, nor by content that is not ours', () => {
    const sent = { hooks: [pre], progress: { state: 'sent', content } } as const;
    const earlier = given({}, { ...sent, seen: { status: 'Current', run: '0.0' } });
    const foreign = given({}, { ...sent, seen: { status: 'Current' }, content: 'other' });
    expect(look([earlier, foreign]).free).toEqual([]);
  });

  it('that fails ends the operation on its target with its name and reason', () => {
    const sent = given({}, { hooks: [pre], progress: { state: 'sent', content }, seen: { status: 'Failed' } });
    const { failure, free } = look([sent]);
    expect(free).toEqual([]);
    expect(failure).toBe('1 of 1 targets failed; web on edge+c1: pre-install hook Job a: web is Failed');
  });

  it('is out of time five minutes after it was seen, unless its cluster is away', () => {
    const running = { hooks: [pre], progress: { state: 'running', content }, seen: { status: 'InProgress' } } as const;
    expect(look([given({}, running)], { seconds: 299 })).toMatchObject({ failure: null, lookAgainMs: 1000 });
    expect(look([given({}, running)], { seconds: 300 }).failure).toMatch(
      /expected to be done within 300 s, found: web is/,
    );
    const away = given({ row: { connectivity: 'Retrying' } }, running);
    expect(look([away], { seconds: 900 }).failure).toBeNull();
  });

  it('that an earlier operation left goes first, after it lost what keeps it', () => {
    const left = given({}, { hooks: [pre], progress: { state: 'left', content } });
    expect(steps(look([left]))).toEqual(['Pending dispose']);
    const disposed = given(
      {},
      { hooks: [pre], progress: { state: 'disposing', content }, seen: { status: 'Current' } },
    );
    expect(steps(look([disposed]))).toEqual(['Pending clear']);
  });

  it('does not run where nobody reports', () => {
    const silent = given({ reachable: false }, { hooks: [pre] });
    const judgement = look([silent]);
    expect(steps(judgement)).toEqual(['Committed main']);
    expect(judgement.moves).toMatchObject([{ hook: { to: { occasion: null } } }]);
    const committed = look([target({ phase: 'Committed', reachable: false, hookCount: 1 })]);
    expect(committed.done).toBe(true);
    expect(moved(committed)).toEqual([expect.stringContaining('its Helm hooks do not run: nobody reports')]);
  });
});

describe('a hook after an app', () => {
  it('goes when the app is Ready, which counts as Ready only when all hooks are done and gone', () => {
    const waiting = look([given(ready, { hooks: [post] })]);
    expect(steps(waiting)).toEqual(['Deployed run job-z.yaml']);
    expect(waiting.done).toBe(false);
    const done = given(ready, { hooks: [post], progress: { done: 1, state: 'done', content } });
    expect(steps(look([done]))).toEqual(['Deployed clear']);
    const cleared = look([given(ready, { hooks: [post], progress: { done: 1 } })]);
    expect(cleared).toMatchObject({ done: true, free: [] });
    expect(cleared.moves).toMatchObject([{ phase: 'Ready', hook: { to: { occasion: null } } }]);
  });

  it('that fails leaves the app Failed however healthy it stands', () => {
    const failed = given({ ...ready, phase: 'Failed' }, { hooks: [post], progress: { state: 'failed', content } });
    expect(look([failed])).toMatchObject({ free: [], failure: expect.stringContaining('1 of 1 targets failed') });
  });
});

describe('hooks of what leaves', () => {
  const away = (choice: Parameters<typeof leaving>[0], hooks: Given): TargetView => {
    const view = hookView({ ...hooks, progress: { occasion: 'delete', ...hooks.progress } });
    return leaving({ ...choice, hook: view, row: { hook: view.progress } });
  };
  const both = [hook('a', 'pre-delete'), hook('z', 'post-delete')];

  it('go before its removal begins, and after all of it is gone', () => {
    expect(steps(look([away({}, { hooks: both })]))).toEqual(['Pending run job-a.yaml']);
    const first = { done: 1, state: 'done', content } as const;
    expect(steps(look([away({}, { hooks: both, progress: first })]))).toEqual(['Removing clear-too']);
    const gone = { phase: 'Removing', observation: observation({ present: false }) } as const;
    const still = { phase: 'Removing', observation: observation() } as const;
    expect(steps(look([away(still, { hooks: both, progress: { done: 1 } })]))).toEqual([]);
    expect(steps(look([away(gone, { hooks: both, progress: { done: 1 } })]))).toEqual(['Removing run job-z.yaml']);
    const last = { done: 2, state: 'done', content } as const;
    expect(steps(look([away(gone, { hooks: both, progress: last })]))).toEqual(['Removed clear-too']);
  });

  it('of a directly managed cluster have a removal in two steps', () => {
    const direct = { delivery: 'kubernetes' } as const;
    expect(steps(look([away(direct, { hooks: both, progress: { done: 1 } })]))).toEqual(['Removing main']);
    const gone = { ...direct, phase: 'Removing' } as const;
    expect(steps(look([away(gone, { hooks: both, progress: { done: 2 } })]))).toEqual(['Removed main']);
  });

  it('that fail keep it from being removed', () => {
    const failed = away({ phase: 'Failed' }, { hooks: both, progress: { state: 'failed', content } });
    expect(look([failed], { seconds: 900 })).toMatchObject({ free: [], failure: expect.any(String) });
  });
});

/** A cluster that does what it is told, whenever it gets to it; words may come late and twice. */
class World {
  view: TargetView;
  readonly log: string[] = [];
  private late: HookChange[] = [];
  private readonly hooks: readonly BundleHook[];

  constructor(view: TargetView, hooks: readonly BundleHook[]) {
    this.view = view;
    this.hooks = hooks;
  }

  private write(change: HookChange | undefined, phase: TargetView['row']['phase'] | null, seconds: number): void {
    const { row } = this.view;
    if (change !== undefined && row.hook === null) return;
    if (change !== undefined && (row.hook?.done !== change.from.done || row.hook.state !== change.from.state)) return;
    const merged = change === undefined ? row.hook : { ...change.to, since: at(seconds) };
    const own = merged !== null && merged.occasion === null && merged.content === null ? null : merged;
    const phaseSince = phase !== null && phase !== row.phase ? at(seconds) : row.phaseSince;
    const next = { ...row, hook: own, phase: phase ?? row.phase, phaseSince, commit: 'c' };
    const seen = own === null ? null : { ...(this.view.hook ?? hookView({ hooks: this.hooks })), progress: own };
    this.view = { ...this.view, row: next, hook: seen };
  }

  look(seconds: number): Judgement {
    const judgement = look([this.view], { seconds });
    for (const one of judgement.moves) this.write(one.hook, one.phase, seconds);
    return judgement;
  }

  take(step: StepTarget, seconds: number): void {
    const { hook: own } = this.view.row;
    const kind = step.hook?.do;
    const { handed, done } =
      own === null || kind === undefined ? {} : toHookChanges(own, kind, { content, isFailed: false });
    this.write(handed, isHookOnly(step.hook) ? null : 'Handed', seconds);
    if (step.hook?.do === 'run') this.log.push(`${step.hook.at} ${step.hook.path}`);
    if (!isHookOnly(step.hook)) this.log.push(step.phase);
    if (done !== undefined) this.late.push(done);
    this.write(done, isHookOnly(step.hook) ? null : step.phase, seconds);
    if (step.phase === 'Removing' && !isHookOnly(step.hook))
      this.view = { ...this.view, observation: observation({ present: false, observedAt: at(seconds + 1) }) };
  }

  /** What was said before is said again. */
  repeat(seconds: number): void {
    for (const change of this.late) this.write(change, null, seconds);
  }

  run(status: ResourceStatus): void {
    const { hook: own, row } = this.view;
    if (own === null || row.hook === null || row.hook.content === null) return;
    const run = toRunName(1, row.hook.done);
    const seen = observation({ resources: [{ ...resource(status), run }] });
    this.view = { ...this.view, hook: { ...own, observation: seen, keeps: this.hooks.every(isKeptHook) } };
  }
}

const events = ['pre-install', 'post-install', 'pre-delete', 'post-delete', 'pre-upgrade'] as const;

describe('for every set of hooks and every order of what happens', () => {
  it.each(['install', 'delete'] as const)('each hook of an %s runs once, in order, around its app', (occasion) => {
    const anyHooks = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        event: fc.constantFrom(...events),
        weight: fc.integer({ min: -2, max: 2 }),
      }),
      { selector: ({ name }) => name, maxLength: 5 },
    );
    const anyWorld = fc.array(fc.constantFrom('look', 'step', 'finish', 'progress', 'repeat'), { maxLength: 60 });
    fc.assert(
      fc.property(
        anyHooks,
        fc.constantFrom('git' as const, 'kubernetes' as const),
        anyWorld,
        (chosen, delivery, acts) => {
          const hooks = chosen.map(({ name, event, weight }) => ({ ...hook(name, event), weight }));
          const own = hookView({ hooks, progress: { occasion } });
          const make = occasion === 'install' ? target : leaving;
          const world = new World(
            make({ delivery, observation: observation(), content: 'ours', hook: own, row: { hook: own.progress } }),
            hooks,
          );
          // Whatever happened, in the end it is looked at, done, and looked at again until nothing is left to do.
          const script = [
            ...acts,
            ...Array.from({ length: 60 }, (_, index) => (['step', 'finish'] as const)[index % 2] ?? 'look'),
          ];
          let judgement = world.look(0);
          for (const [index, act] of script.entries()) {
            if (act === 'finish' || act === 'progress') world.run(act === 'finish' ? 'Current' : 'InProgress');
            if (act === 'repeat') world.repeat(index);
            judgement = world.look(index);
            const [step] = judgement.free;
            if (act === 'step' && step !== undefined) world.take(step, index);
          }
          const { before, after } = toOccasionHooks(hooks, occasion);
          const run = (list: readonly BundleHook[], from: number) =>
            list.map(({ path }, place) => `${from + place} ${path}`);
          const removal = delivery === 'git' || after.length > 0 ? ['Removing'] : [];
          const app = occasion === 'install' ? [delivery === 'git' ? 'Committed' : 'Deployed'] : removal;
          const end = occasion === 'install' ? [] : ['Removed'];
          expect(world.log).toEqual([...run(before, 0), ...app, ...run(after, before.length), ...end]);
          expect(judgement.done).toBe(true);
          if (occasion === 'install') expect(world.view.row.hook).toBeNull();
        },
      ),
      { numRuns: 300 },
    );
  });
});
