import type { CliDeps } from '#cli/cli-deps.ts';
import { followEvents, type EventRecord } from '#cli/group/follow-events.ts';
import { type GroupPath, toGroupPath } from '#cli/group/group-path.ts';
import { toRecords } from '#cli/group/group-status.ts';
import { type Client, connect } from '#cli/http/client.ts';
import { asText, isRecord } from '#cli/http/problem.ts';
import { type OutputFormat, toOutput } from '#cli/output/print.ts';
import type { Command } from 'commander';

import { type OutputFlags, withOutput } from './options.ts';

interface EventFlags extends OutputFlags {
  readonly follow?: boolean;
  readonly since?: string;
}

export function addEvents(program: Command, deps: CliDeps): void {
  withOutput(
    program
      .command('events')
      .description('Show what happened to a group, oldest first.')
      .argument('<group>', 'project/compositeApp/version/group, or the path of its document'),
  )
    .option('-w, --follow', 'go on with what happens, until the group is deleted')
    .option('--since <start>', 'from a time such as 2026-11-22T10:00:00Z, after the event of an id, or now')
    .action((group: string, flags: EventFlags) => runEvents(toGroupPath(group), flags, deps));
}

async function runEvents({ path }: GroupPath, flags: EventFlags, deps: CliDeps): Promise<void> {
  const client = await connect(flags, deps);
  const query = flags.since === undefined ? '' : `?since=${encodeURIComponent(flags.since)}`;
  if (flags.follow === true) {
    const tell = (event: EventRecord): void => deps.out(toLine(event, flags.output));
    return followEvents({ path, query, lastId: '', tell }, { client, deps });
  }
  const events = await readPages(client, path, flags.since);
  deps.out(toOutput(events, flags.output, () => events.map((event) => toLine(event, 'table')).join('')));
}

async function readPages(client: Client, path: string, since: string | undefined): Promise<readonly EventRecord[]> {
  const events: EventRecord[] = [];
  for (let start = since; ; ) {
    const query = start === undefined ? '' : `&since=${encodeURIComponent(start)}`;
    const { body } = await client.send({ method: 'GET', path: `${path}/events?limit=1000${query}` });
    const page = isRecord(body) ? body : {};
    events.push(...toRecords(page['events']));
    if (page['isLast'] !== false) return events;
    start = asText(page['next']);
  }
}

/** One line an event: a table would have to wait for the last of them. */
function toLine(event: EventRecord, format: OutputFormat): string {
  if (format === 'json') return `${JSON.stringify(event)}\n`;
  if (format === 'yaml') return `---\n${toOutput(event, 'yaml', () => '')}`;
  return `${asText(event['time']).padEnd(24)}  ${asText(event['type']).padEnd(9)}  ${toText(event)}\n`;
}

/** The same members in the same words, whatever the type. */
function toText(event: EventRecord): string {
  const operation = event['kind'] === undefined ? '' : `${asText(event['kind'])} ${asText(event['number'])}`.trim();
  const revision = event['revision'] === undefined ? '' : `revision ${asText(event['revision'])}`;
  const first = toRecords(event['targets'])[0];
  const facts = [
    operation,
    revision,
    asText(event['state']),
    asText(event['step']),
    toCounts(event['phases']),
    event['count'] === undefined ? '' : `${asText(event['count'])} targets`,
    first === undefined ? '' : `${asText(first['app'])}@${asText(first['cluster'])}: ${asText(first['message'])}`,
    asText(event['message']),
    event['requestedBy'] === undefined ? '' : `by ${asText(event['requestedBy'])}`,
  ];
  return facts.filter((fact) => fact !== '').join(', ');
}

const toCounts = (phases: unknown): string =>
  isRecord(phases)
    ? Object.entries(phases)
        .map(([phase, count]) => `${asText(count)} ${phase}`)
        .join(', ')
    : '';
