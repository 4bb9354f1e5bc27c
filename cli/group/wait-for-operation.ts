import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import type { Client } from '#cli/http/client.ts';

import type { GroupPath } from './group-path.ts';
import { isEnded, toOperations } from './operation.ts';
import type { Operation } from './operation.ts';
import { reaches, toGroupStatus, toProgressLine } from './group-status.ts';
import type { GroupStatus, WaitGoal } from './group-status.ts';

export interface WaitRequest {
  readonly group: GroupPath;
  /** Null: the newest operation. */
  readonly operationId: string | null;
  /** Null: until the operation has ended. */
  readonly goal: WaitGoal | null;
  readonly timeoutMs: number;
}

export interface Waited {
  readonly operation: Operation | null;
  readonly status: GroupStatus;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** Asks until the goal is reached; tells each change on the way, and fails as soon as it cannot be reached any more. */
export async function waitForOperation(
  request: WaitRequest,
  given: { client: Client; deps: CliDeps },
): Promise<Waited> {
  const { client, deps } = given;
  const deadline = deps.now() + request.timeoutMs;
  let told = '';
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const seen = await look(request, client);
    const line = toProgressLine(seen.status, seen.operation);
    if (line !== told) deps.err(`${line}\n`);
    if (isReached(request, seen)) return seen;
    if (deps.now() >= deadline) throw toTimeout(request, line);
    pause = line === told ? Math.min(pause * 1.5, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    told = line;
    await deps.sleep(Math.min(pause, Math.max(1, deadline - deps.now())));
  }
}

async function look({ group, operationId }: WaitRequest, client: Client): Promise<Waited> {
  const operations = toOperations((await client.send({ method: 'GET', path: `${group.path}/operations` })).body);
  const operation =
    operationId === null
      ? (operations.find(({ state }) => state !== 'refused') ?? null)
      : (operations.find((one) => one.operationId === operationId) ?? null);
  const answer = await client.send({ method: 'GET', path: `${group.path}/status?status=ready&output=summary` });
  return { operation, status: toGroupStatus(answer.body) };
}

/** @throws CliError when the operation ended in a way that the goal will not follow from */
function isReached({ goal, group, operationId }: WaitRequest, { operation, status }: Waited): boolean {
  if (operation === null) {
    if (operationId === null && goal === null) {
      throw new CliError(
        'failed',
        `group ${group.name}: expected an operation, found none`,
        'start one with `emco instantiate GROUP`',
      );
    }
    return goal !== null && reaches(status, goal);
  }
  if (
    operation.state === 'failed' ||
    operation.state === 'refused' ||
    (operation.state === 'superseded' && operationId !== null)
  ) {
    throw new CliError(
      'failed',
      `group ${group.name}: ${operation.kind} ${operation.state}: ${operation.message || 'no message'}`,
      'see `emco status GROUP` and `emco operations GROUP`',
    );
  }
  if (goal === null) return isEnded(operation);
  const isReached = reaches(status, goal);
  if (!isReached && operation.state === 'done' && ['Deployed', 'Ready'].includes(goal))
    refuseUnseen({ group, goal }, status);
  return isReached;
}

/** An operation that is done at Committed has clusters of which nobody hears more. */
function refuseUnseen({ group, goal }: Pick<WaitRequest, 'group' | 'goal'>, { phases }: GroupStatus): void {
  const unseen = phases['Committed'] ?? 0;
  if (unseen === 0) return;
  throw new CliError(
    'failed',
    `group ${group.name}: expected ${goal}, found ${unseen} targets on clusters that do not report what they run`,
    'wait for Committed, or register these clusters with their kubeconfig',
  );
}

function toTimeout({ group, goal, timeoutMs }: WaitRequest, line: string): CliError {
  const expected = goal ?? 'the end of the operation';
  return new CliError(
    'timeout',
    `group ${group.name}: expected ${expected} within ${timeoutMs / 1000} s, found ${line}`,
    'it goes on; look with `emco status GROUP`, or wait longer with --timeout',
  );
}
