import type { GroupPath } from '#cli/group/group-path.ts';
import { toPhaseText, toRecords } from '#cli/group/group-status.ts';
import type { AppStatus, GroupStatus } from '#cli/group/group-status.ts';
import type { Operation } from '#cli/group/operation.ts';
import { asText, isRecord } from '#cli/http/problem.ts';
import { toTable } from '#cli/output/table.ts';

export function toStatusTable(group: GroupPath, status: GroupStatus, operation: Operation | null): string {
  const { state, revision, deployedStatus, readyStatus, paused, apps, messages } = status;
  const facts = [
    ['Group', group.name],
    ['State', [state, ...(revision === 0 ? [] : [`revision ${revision}`]), ...(paused ? ['paused'] : [])].join(', ')],
    ['Deployed', deployedStatus],
    ['Ready', readyStatus],
    ['Targets', Object.keys(status.phases).length === 0 ? '' : toPhaseText(status)],
    ['Operation', operation === null ? '' : toOperationLine(operation)],
  ].filter(([, value]) => value !== '');
  const head = facts.map(([name = '', value = '']) => `${`${name}:`.padEnd(11)}${value}\n`).join('');
  const notes = messages.map((message) => `${message}\n`).join('');
  if (apps.length === 0) return head + notes;
  const rows = apps.map((one) => [one.app, one.cluster, toWords(one), one.connectivity]);
  return `${head}\n${toTable(['APP', 'CLUSTER', 'RESOURCES', 'CONNECTIVITY'], rows)}${notes === '' ? '' : `\n${notes}`}`;
}

/** `7 Ready, 1 NotReady`; some kinds carry no word. */
function toWords({ words, resources }: AppStatus): string {
  const counts = Object.entries(words).map(([word, count]) => `${count} ${word}`);
  return counts.length === 0 ? String(resources) : counts.join(', ');
}

const toOperationLine = ({ kind, state, step, message }: Operation): string =>
  [`${kind} ${state}`, state === 'done' ? '' : step, message].filter((part) => part !== '').join(', ');

/** Wave, app, cluster, contents and reason of every target of a plan. */
export function toPlanTable(body: unknown): string {
  const plan = isRecord(body) ? body : {};
  const waves = new Map(
    toRecords(plan['waves']).flatMap((wave) =>
      toRecords(wave['apps']).map((app) => [asText(app['app']), asText(wave['wave'])]),
    ),
  );
  const bundles = new Map(toRecords(plan['bundles']).map((bundle) => [asText(bundle['bundle']), bundle]));
  const rows = toRecords(plan['placement']).flatMap((placed) => {
    const app = asText(placed['app']);
    return toRecords(placed['clusters']).map((cluster) => {
      const bundle = bundles.get(asText(cluster['bundle'])) ?? {};
      const contents = [asText(bundle['objects']), asText(bundle['hooks'])];
      return [waves.get(app) ?? '', app, toClusterName(cluster), ...contents, asText(cluster['reason'])];
    });
  });
  const sorted = rows.toSorted((a, b) => Number(a[0]) - Number(b[0]));
  const warnings = toRecords(plan['warnings']).map(
    (one) => `warning: ${asText(one['app'])}: ${asText(one['warning'])}\n`,
  );
  const controllers = toRecords(plan['controllers']).map(
    (one) =>
      `controller: ${asText(one['controller'])} ${asText(one['activity'])} ${asText(one['intent'])}: result ${asText(one['result']).slice(0, 12)}\n`,
  );
  const table = toTable(['WAVE', 'APP', 'CLUSTER', 'OBJECTS', 'HOOKS', 'REASON'], sorted);
  const lookUps = isRecord(plan['lookUps'])
    ? `look-ups: ${asText(plan['lookUps']['urls'])} URLs, values with digest ${asText(plan['lookUps']['digest'])}\n`
    : '';
  return `${table}${controllers.join('')}${lookUps}${warnings.join('')}`;
}

const toClusterName = (cluster: Readonly<Record<string, unknown>>): string =>
  `${asText(cluster['clusterProvider'])}+${asText(cluster['cluster'])}`;

export function toRevisionTable(body: unknown): string {
  const rows = toRecords(body).map((one) => {
    const counts = isRecord(one['counts']) ? one['counts'] : {};
    return [
      asText(one['revision']),
      one['verified'] === true ? 'yes' : 'no',
      asText(one['rolledBackTo']),
      asText(counts['targets']),
      asText(counts['objects']),
      asText(one['createdAt']),
      asText(one['digest']).slice(0, 12),
    ];
  });
  return toTable(['REVISION', 'VERIFIED', 'TAKES', 'TARGETS', 'OBJECTS', 'CREATED', 'PLAN'], rows);
}
