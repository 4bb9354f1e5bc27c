import type { CliDeps } from '#cli/cli-deps.ts';
import { toGroupPath } from '#cli/group/group-path.ts';
import type { GroupPath } from '#cli/group/group-path.ts';
import { toGroupStatus } from '#cli/group/group-status.ts';
import { toOperations } from '#cli/group/operation.ts';
import { waitForOperation } from '#cli/group/wait-for-operation.ts';
import { connect } from '#cli/http/client.ts';
import type { Client } from '#cli/http/client.ts';
import { toOutput } from '#cli/output/print.ts';
import { toTable } from '#cli/output/table.ts';
import type { Command } from 'commander';

import { toMilliseconds, withOutput } from './options.ts';
import type { OutputFlags } from './options.ts';
import { toPlanTable, toRevisionTable, toStatusTable } from './group-tables.ts';
import { withTimeout } from './wait-after-action.ts';
import type { WaitFlags } from './wait-after-action.ts';

interface ReadFlags extends OutputFlags, WaitFlags {
  readonly revision?: string;
  readonly operation?: string;
}

const GROUP = ['<group>', 'project/compositeApp/version/group, or the path of its document'] as const;

/** What can be read about a group, and waiting for it. */
export function addGroupReads(program: Command, deps: CliDeps): void {
  const read = (name: string, description: string): Command =>
    withOutput(
      program
        .command(name)
        .description(description)
        .argument(...GROUP),
    );

  read('status', 'Show where a group stands: state, operation, and every app on every cluster.').action(
    (group: string, flags: ReadFlags) => runStatus(toGroupPath(group), flags, deps),
  );
  read('plan', 'Show which app goes to which cluster, in which order and why.')
    .option('--revision <number>', 'the plan of an earlier revision')
    .action((group: string, flags: ReadFlags) => {
      const query = flags.revision === undefined ? '' : `?revision=${encodeURIComponent(flags.revision)}`;
      return show(`${toGroupPath(group).path}/plan${query}`, { flags, deps, table: toPlanTable });
    });
  read('revisions', 'List the revisions of a group, each a frozen plan.').action((group: string, flags: ReadFlags) =>
    show(`${toGroupPath(group).path}/revisions`, { flags, deps, table: toRevisionTable }),
  );
  read('operations', 'List what was asked of a group, newest first.').action((group: string, flags: ReadFlags) =>
    show(`${toGroupPath(group).path}/operations`, { flags, deps, table: toOperationTable }),
  );
  withTimeout(read('wait', 'Wait until the newest operation of a group has ended, or for a state.'))
    .option('--operation <id>', 'wait for this operation')
    .action((group: string, flags: ReadFlags) => runWait(toGroupPath(group), flags, deps));
}

interface Show {
  readonly flags: OutputFlags;
  readonly deps: CliDeps;
  readonly table: (body: unknown) => string;
}

async function show(path: string, { flags, deps, table }: Show): Promise<void> {
  const client = await connect(flags, deps);
  const { body } = await client.send({ method: 'GET', path });
  deps.out(toOutput(body, flags.output, () => table(body)));
}

async function runStatus(group: GroupPath, flags: ReadFlags, deps: CliDeps): Promise<void> {
  const client = await connect(flags, deps);
  const { body } = await client.send({ method: 'GET', path: `${group.path}/status?status=ready&output=all` });
  const operations = flags.output === 'table' ? await readOperations(client, group) : [];
  deps.out(toOutput(body, flags.output, () => toStatusTable(group, toGroupStatus(body), operations[0] ?? null)));
}

const readOperations = async (client: Client, { path }: GroupPath): Promise<ReturnType<typeof toOperations>> =>
  toOperations((await client.send({ method: 'GET', path: `${path}/operations` })).body);

async function runWait(group: GroupPath, flags: ReadFlags, deps: CliDeps): Promise<void> {
  const client = await connect(flags, deps);
  const timeoutMs = toMilliseconds(flags.timeout);
  const request = { group, operationId: flags.operation ?? null, goal: flags.for ?? null, timeoutMs };
  const { operation, status } = await waitForOperation(request, { client, deps });
  deps.out(
    toOutput({ group: group.name, operation, status }, flags.output, () => toStatusTable(group, status, operation)),
  );
}

function toOperationTable(body: unknown): string {
  const rows = toOperations(body).map((one) => [
    String(one.number),
    one.kind,
    one.state,
    one.revision === 0 ? '' : String(one.revision),
    one.requestedAt,
    one.operationId,
    one.message,
  ]);
  return toTable(['NUMBER', 'KIND', 'STATE', 'REVISION', 'REQUESTED', 'OPERATION', 'MESSAGE'], rows);
}
