import { asText, isRecord } from '#cli/http/problem.ts';

import type { Operation } from './operation.ts';

export const waitGoals = ['Committed', 'Deployed', 'Ready', 'Terminated'] as const;
export type WaitGoal = (typeof waitGoals)[number];

export interface GroupStatus {
  /** State of the lifecycle: Created, Approved, Instantiated, … */
  readonly state: string;
  readonly revision: number;
  /** Id of the first instance, which is in the paths and labels of all that the group owns. */
  readonly gid: string;
  readonly deployedStatus: string;
  readonly readyStatus: string;
  /** How many (app, cluster) pairs stand where: Pending, Committed, Ready, … */
  readonly phases: Readonly<Record<string, number>>;
  readonly paused: boolean;
  readonly apps: readonly AppStatus[];
  /** What the API says about single pairs, `app@cluster: text`. */
  readonly messages: readonly string[];
}

export interface AppStatus {
  readonly app: string;
  readonly cluster: string;
  readonly connectivity: string;
  readonly resources: number;
  /** How many resources carry which word: Applied, Pending, Ready, NotReady, … */
  readonly words: Readonly<Record<string, number>>;
}

/** Reads EMCO's status JSON and the members that emco adds. */
export function toGroupStatus(body: unknown): GroupStatus {
  const status = isRecord(body) ? body : {};
  const states = isRecord(status['states']) ? status['states'] : {};
  const last = toRecords(states['actions']).at(-1);
  const phases = isRecord(status['phases']) ? Object.entries(status['phases']) : [];
  return {
    state: asText(last?.['state']),
    revision: Number(status['revision'] ?? 0),
    gid: asText(states['statusctxid']),
    deployedStatus: asText(status['deployedStatus']),
    readyStatus: asText(status['readyStatus']),
    phases: Object.fromEntries(phases.map(([phase, count]) => [phase, Number(count)])),
    paused: status['paused'] === true,
    apps: toRecords(status['apps']).flatMap(toApp),
    messages: toRecords(status['messages']).map(
      (each) => `${asText(each['app'])}@${asText(each['cluster'])}: ${asText(each['message'])}`,
    ),
  };
}

function toApp(app: Readonly<Record<string, unknown>>): readonly AppStatus[] {
  return toRecords(app['clusters']).map((cluster) => {
    const resources = toRecords(cluster['resources']);
    const words = resources.map((resource) => asText(resource['readyStatus'] ?? resource['deployedStatus']));
    return {
      app: asText(app['name']),
      cluster: `${asText(cluster['clusterProvider'])}+${asText(cluster['cluster'])}`,
      connectivity: asText(cluster['connectivity']),
      resources: resources.length,
      words: toCounts(words.filter((word) => word !== '')),
    };
  });
}

const toCounts = (words: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, of]) => [word, of.length]));

export const toRecords = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  (Array.isArray(value) ? value : []).filter(isRecord);

/** Phases that are at least the goal. */
const enough: Readonly<Record<Exclude<WaitGoal, 'Terminated'>, readonly string[]>> = {
  Committed: ['Committed', 'Deployed', 'Ready'],
  Deployed: ['Deployed', 'Ready'],
  Ready: ['Ready'],
};

/** Whether all pairs of a group are at least there. What an earlier revision reached does not count. */
export function reaches({ deployedStatus, phases }: GroupStatus, goal: WaitGoal): boolean {
  if (goal === 'Terminated') return deployedStatus === 'Terminated';
  const present = Object.keys(phases);
  return (
    deployedStatus === 'Instantiated' && present.length > 0 && present.every((phase) => enough[goal].includes(phase))
  );
}

/** One line that changes whenever something happens: `update accepted, commit: 3 Committed, 2 Pending`. */
export function toProgressLine(status: GroupStatus, operation: Operation | null): string {
  const doing = operation === null ? status.state : `${operation.kind} ${operation.state}`;
  const step = operation === null || operation.step === '' || operation.state === 'done' ? '' : `, ${operation.step}`;
  return `${doing}${step}: ${toPhaseText(status)}`;
}

export function toPhaseText({ phases, deployedStatus, state }: GroupStatus): string {
  const counts = Object.entries(phases).map(([phase, count]) => `${count} ${phase}`);
  return counts.length === 0 ? deployedStatus || state : counts.join(', ');
}
