import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import { toGroupPath } from '#cli/group/group-path.ts';
import { connect } from '#cli/http/client.ts';
import { toOutput } from '#cli/output/print.ts';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { runDocuments } from './documents.ts';
import { withDocuments, withOutput } from './options.ts';
import type { DocumentFlags, OutputFlags } from './options.ts';
import { waitAfterAction, withWait } from './wait-after-action.ts';
import type { WaitFlags } from './wait-after-action.ts';

interface VerbFlags extends OutputFlags, WaitFlags {
  readonly to?: number | MigrationTarget;
  readonly key?: string;
  /** Terminate only. */
  readonly deleteCrds?: true;
  readonly hooks?: boolean;
}

interface MigrationTarget {
  readonly version: string;
  readonly group: string;
}

const GROUP = 'project/compositeApp/version/group, or the path of its document';

const verbs = {
  approve: 'Approve a group, so that it may be instantiated.',
  instantiate: 'Plan a group and bring it to its clusters.',
  rollback: 'Take an earlier revision again; nothing is rendered anew.',
  terminate: 'Remove a group from its clusters; its documents stay.',
  migrate: 'Let another group of the composite application take over, moving only what differs.',
  stop: 'Stop the operation under way; what is done stays done.',
  pause: 'Hold the operation under way where it is.',
  resume: 'Let a paused or stopped operation go on.',
} as const;

/** The verbs of a deployment intent group. */
export function addGroupVerbs(program: Command, deps: CliDeps): void {
  for (const [verb, description] of Object.entries(verbs)) {
    const command = toVerbCommand(program.command(verb).description(description).argument('<group>', GROUP));
    if (verb === 'rollback') command.addOption(toRevisionOption().makeOptionMandatory());
    if (verb === 'migrate') command.addOption(toTargetOption().makeOptionMandatory());
    if (verb === 'terminate') addRemovalOptions(command);
    command.action((group: string, flags: VerbFlags) => runVerb(verb, { group, flags, deps }));
  }
  addUpdate(program, deps);
}

/** `update GROUP` starts the operation, `update -f FILE` replaces documents. */
function addUpdate(program: Command, deps: CliDeps): void {
  const update = program
    .command('update')
    .description('Bring a group to what its documents say now; with -f, replace documents instead.')
    .argument('[group]', GROUP);
  withWait(withDocuments(update))
    .addOption(toKeyOption())
    .option('--keep-going', 'with -f: go on after a refused document and fail at the end')
    .action((group: string | undefined, flags: VerbFlags & DocumentFlags) => {
      if (flags.filename.length > 0 && group === undefined)
        return runDocuments('update', { anchor: undefined, flags, deps });
      if (group !== undefined && flags.filename.length === 0) return runVerb('update', { group, flags, deps });
      const found = group === undefined ? 'neither' : 'both';
      throw new CliError('usage', `emco update: expected a GROUP or -f FILE, found ${found}`, 'see `emco help update`');
    });
}

const toVerbCommand = (command: Command): Command => withWait(withOutput(command)).addOption(toKeyOption());

function addRemovalOptions(command: Command): void {
  command
    .option('--delete-crds', 'delete the CRDs of its charts too, with every object of their kinds')
    .option('--no-hooks', "do not run Helm's pre-delete and post-delete hooks");
}

const toKeyOption = (): Option =>
  new Option('--key <id>', 'Idempotency-Key: the same key acts once (default: a new one)');

const toRevisionOption = (): Option =>
  new Option('--to <revision>', 'the revision to take again').argParser((text) => {
    if (/^[1-9]\d*$/.test(text)) return Number(text);
    throw new InvalidArgumentError('expected a number from 1.');
  });

const toTargetOption = (): Option =>
  new Option('--to <version/group>', 'an approved group of the same composite application').argParser((text) => {
    const [version = '', group = '', ...more] = text.split('/');
    if (version !== '' && group !== '' && more.length === 0) return { version, group };
    throw new InvalidArgumentError('expected VERSION/GROUP.');
  });

interface VerbRun {
  readonly group: string;
  readonly flags: VerbFlags;
  readonly deps: CliDeps;
}

async function runVerb(verb: string, { group, flags, deps }: VerbRun): Promise<void> {
  const { name, path } = toGroupPath(group);
  const client = await connect(flags, deps);
  const operationId = flags.key ?? deps.newId();
  const answer = await client.send({
    method: 'POST',
    path: `${path}/${verb}`,
    idempotencyKey: operationId,
    ...toBody(verb, flags),
  });
  const revision = Number(answer.headers.get('emco-revision') ?? 0);
  const accepted = verb === 'approve' ? { group: name, verb } : { group: name, verb, operationId, revision };
  deps.out(toOutput(accepted, flags.output, () => toLine({ name, verb, operationId, revision })));
  const goesOnAt = toEndPath(path, flags.to);
  await waitAfterAction({ action: verb, path, operationId, documentsLeft: 0 }, { flags, client, deps });
  if (goesOnAt === path) return;
  await waitAfterAction({ action: verb, path: goesOnAt, operationId, documentsLeft: 0 }, { flags, client, deps });
}

function toBody(verb: string, { to, deleteCrds, hooks }: VerbFlags): { readonly body?: object } {
  if (to !== undefined) return { body: { metadata: { description: '' }, spec: toSpec(to) } };
  if (verb !== 'terminate' || (deleteCrds !== true && hooks !== false)) return {};
  return { body: { spec: { deleteCrds: deleteCrds === true, skipHooks: hooks === false } } };
}

const toSpec = (to: number | MigrationTarget): Readonly<Record<string, string>> =>
  typeof to === 'number'
    ? { revision: String(to) }
    : { targetCompositeAppVersion: to.version, targetDeploymentIntentGroup: to.group };

/** A migration ends in its target, under the same operation id. */
function toEndPath(path: string, to: VerbFlags['to']): string {
  if (typeof to !== 'object') return path;
  const [, , , project, , compositeApp] = path.split('/');
  return toGroupPath([project, compositeApp, to.version, to.group].join('/')).path;
}

function toLine(one: {
  readonly name: string;
  readonly verb: string;
  readonly operationId: string;
  readonly revision: number;
}): string {
  const { name, verb, operationId, revision } = one;
  if (verb === 'approve') return `${name} approved\n`;
  const makes = revision === 0 ? '' : `, revision ${revision}`;
  return `${verb} accepted for ${name}, operation ${operationId}${makes}\n`;
}
