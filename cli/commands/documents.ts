import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import type { Document } from '#cli/documents/document.ts';
import { toAnchor } from '#cli/documents/parse-documents.ts';
import { readSoundDocuments } from '#cli/documents/read-documents.ts';
import type { DocumentVerb } from '#cli/documents/to-request.ts';
import { connect } from '#cli/http/client.ts';
import type { Client } from '#cli/http/client.ts';
import { toOutput } from '#cli/output/print.ts';
import { Option } from 'commander';
import type { Command } from 'commander';

import { withDocuments } from './options.ts';
import type { DocumentFlags } from './options.ts';
import { toReadOutput } from './read-output.ts';
import { refuseRunningGroups } from './refuse-running-groups.ts';
import { sendDocuments } from './send-documents.ts';
import type { SendOptions, SentDocument } from './send-documents.ts';
import { waitAfterAction } from './wait-after-action.ts';
import type { WaitFlags } from './wait-after-action.ts';
import { withWait } from './wait-after-action.ts';

interface ApplyFlags extends DocumentFlags, WaitFlags {
  readonly existing?: SendOptions['existing'];
  readonly keepGoing?: boolean;
}

const KEEP_GOING = ['--keep-going', 'go on after a refused document and fail at the end'] as const;

/** `apply`, `get` and `delete`; `update` is made where the verb of the same name is. */
export function addDocumentCommands(program: Command, deps: CliDeps): void {
  const apply = program
    .command('apply [anchor]')
    .description('Create the documents of files, in order; actions start.');
  withWait(withDocuments(apply))
    .option(...KEEP_GOING)
    .addOption(
      new Option('--existing <how>', 'what to do about a document that is there')
        .choices(['fail', 'skip', 'update'])
        .default('fail'),
    )
    .action((anchor: string | undefined, flags: ApplyFlags) => runDocuments('apply', { anchor, flags, deps }));

  const get = program.command('get [anchor]').description('Read the documents of files, or what is at an anchor.');
  withDocuments(get).action((anchor: string | undefined, flags: ApplyFlags) =>
    runDocuments('get', { anchor, flags: { ...flags, keepGoing: true }, deps }),
  );

  const remove = program
    .command('delete [anchor]')
    .description('Delete the documents of files, last first; an instantiate is undone by terminate.');
  withWait(withDocuments(remove))
    .option(...KEEP_GOING)
    .action((anchor: string | undefined, flags: ApplyFlags) => runDocuments('delete', { anchor, flags, deps }));
}

export interface DocumentRun {
  readonly anchor: string | undefined;
  readonly flags: ApplyFlags;
  readonly deps: CliDeps;
}

export async function runDocuments(verb: DocumentVerb, { anchor, flags, deps }: DocumentRun): Promise<void> {
  const documents = await toDocuments(verb, { anchor, flags, deps });
  const client = await connect(flags, deps);
  if (verb === 'delete') await refuseRunningGroups(documents, client);
  const sent = await sendDocuments(documents, toSendOptions(verb, { flags, client, deps }), {
    client,
    deps,
    report: (one) => reportOne(one, { verb, flags, deps }),
  });
  if (verb === 'get') deps.out(toReadOutput(sent, flags.output));
  else if (flags.output !== 'table') deps.out(toOutput(sent, flags.output, () => ''));
}

async function toDocuments(verb: DocumentVerb, { anchor, flags, deps }: DocumentRun): Promise<readonly Document[]> {
  if (anchor === undefined && flags.filename.length === 0) {
    throw new CliError('usage', `emco ${verb}: expected -f FILE or an anchor, found none`, `see \`emco help ${verb}\``);
  }
  if (anchor === undefined) return readSoundDocuments(flags, deps);
  if (flags.filename.length > 0) throw new CliError('usage', `emco ${verb}: expected -f FILE or an anchor, found both`);
  const { value, problem } = toAnchor(anchor);
  if (problem !== '') throw new CliError('usage', problem);
  const nothing = { metadata: null, spec: null, clusterLabel: null, file: null, files: null };
  return [{ at: 'command line', folder: '.', anchor: value, ...nothing }];
}

interface Run {
  readonly flags: ApplyFlags;
  readonly client: Client;
  readonly deps: CliDeps;
}

function toSendOptions(verb: DocumentVerb, { flags, client, deps }: Run): SendOptions {
  return {
    verb,
    existing: flags.existing ?? 'fail',
    keepGoing: flags.keepGoing ?? false,
    // What is below a group or beside it may be deleted only when the group is gone from its clusters.
    afterAction: (action) =>
      waitAfterAction(action, {
        flags: verb === 'delete' && action.documentsLeft > 0 ? { ...flags, wait: true } : flags,
        client,
        deps,
      }),
  };
}

/** A line per document as it is done: data for a table, progress otherwise; reading shows its data at the end. */
function reportOne(sent: SentDocument, { verb, flags, deps }: Omit<Run, 'client'> & { verb: DocumentVerb }): void {
  if (verb === 'get') return;
  const write = flags.output === 'table' ? deps.out : deps.err;
  write(`${sent.outcome.padEnd(8)}  ${sent.path.replace(/^\/v2\//, '')}\n`);
}
