/** What a registration of a controller must not say. */
import { placementIntentKey } from '#domain/controllers.ts';
import { Failure, type Problem } from '#domain/failure.ts';
import { taskQueues } from '#workflows/messages.ts';

/** What EMCO has controllers for and emco does itself: their registrations are kept, and nobody is called. */
const builtInNames: ReadonlySet<string> = new Set(['gac', 'rsync', 'dcm', 'clm', 'orchestrator', placementIntentKey]);

const ownQueues: readonly string[] = Object.values(taskQueues);

interface Registration {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly type: string;
    readonly taskQueue?: string | undefined;
    readonly startWithinSeconds?: number | undefined;
    readonly timeoutSeconds?: number | undefined;
    readonly attempts?: number | undefined;
  };
}

/** @throws Failure `document-invalid` with all problems */
export function checkController({ metadata: { name }, spec }: Registration): void {
  const problems = spec.taskQueue === undefined ? findIdle(name, spec) : findWrong(name, spec, spec.taskQueue);
  if (problems.length > 0) throw new Failure('document-invalid', problems);
}

function findWrong(name: string, { type }: Registration['spec'], taskQueue: string): readonly Problem[] {
  const object = `controller ${name}`;
  const problems: Problem[] = [];
  if (type !== 'placement' && type !== 'action')
    problems.push({
      object,
      expected: 'spec.type placement or action beside a task queue',
      found: JSON.stringify(type),
    });
  if (builtInNames.has(name))
    problems.push({ object, expected: 'no spec.taskQueue, since emco does its work itself', found: taskQueue });
  if (ownQueues.includes(taskQueue)) {
    const expected = `a task queue of your own, none of emco's (${ownQueues.join(', ')})`;
    problems.push({ object, expected, found: taskQueue });
  }
  return problems;
}

/** Limits of a call that nobody makes are a task queue that was forgotten. */
function findIdle(name: string, spec: Registration['spec']): readonly Problem[] {
  const idle = (['startWithinSeconds', 'timeoutSeconds', 'attempts'] as const).filter(
    (member) => spec[member] !== undefined,
  );
  if (idle.length === 0) return [];
  return [{ object: `controller ${name}`, expected: `spec.taskQueue beside ${idle.join(', ')}`, found: 'none' }];
}
