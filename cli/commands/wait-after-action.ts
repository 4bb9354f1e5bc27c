import type { CliDeps } from '#cli/cli-deps.ts';
import { type GroupPath, toGroupPath } from '#cli/group/group-path.ts';
import { toOperations } from '#cli/group/operation.ts';
import { waitGoals } from '#cli/group/group-status.ts';
import type { WaitGoal } from '#cli/group/group-status.ts';
import { waitForOperation } from '#cli/group/wait-for-operation.ts';
import type { Client } from '#cli/http/client.ts';
import { Option } from 'commander';
import type { Command } from 'commander';

import { toMilliseconds } from './options.ts';
import type { AcceptedAction } from './send-documents.ts';

export interface WaitFlags {
  readonly wait?: boolean;
  readonly for?: WaitGoal;
  readonly timeout: string;
}

/** `--wait`, `--for` and `--timeout`. */
export const withWait = (command: Command): Command =>
  withTimeout(command.option('--wait', 'wait until the operation has ended'));

export const withTimeout = (command: Command): Command =>
  command
    .addOption(new Option('--for <state>', 'wait for this state of the group instead of the end').choices(waitGoals))
    .addOption(new Option('--timeout <time>', 'how long to wait, such as 90s or 5m').default('10m'));

/** Actions that are over when they are answered, so that there is nothing to wait for. */
const INSTANT = new Set(['approve', 'status', 'apply']);

/** What a level 0 cloud is asked for is over when it is answered. */
async function hasOperation(client: Client, { path }: GroupPath, operationId: string): Promise<boolean> {
  const { body } = await client.send({ method: 'GET', path: `${path}/operations` });
  return toOperations(body).some((one) => one.operationId === operationId);
}

/** Waits for an action of a group where the flags say so; other actions have no operation to wait for. */
export async function waitAfterAction(
  { action, path, operationId }: AcceptedAction,
  { flags, client, deps }: { readonly flags: WaitFlags; readonly client: Client; readonly deps: CliDeps },
): Promise<void> {
  const wanted = flags.wait === true || flags.for !== undefined;
  const isCloud = path.includes('/logical-clouds/');
  if (!wanted || INSTANT.has(action) || !(isCloud || path.includes('/deployment-intent-groups/'))) return;
  const group = toGroupPath(path);
  if (isCloud && !(await hasOperation(client, group, operationId))) return;
  await waitForOperation(
    { group, operationId, goal: flags.for ?? null, timeoutMs: toMilliseconds(flags.timeout) },
    { client, deps },
  );
}
