/** EMCO's words for where the resources of one (app, cluster) stand. */
import type { ResourceStatus, TargetPhase } from '#domain/status.ts';
import type { StatusRow } from './status-row.ts';

export type DeployedWord = 'Applied' | 'Pending' | 'Failed' | 'Deleted';
export type ReadyWord = 'Ready' | 'NotReady' | 'NotPresent';
export type StatusWord = DeployedWord | ReadyWord;

/** What of a row bears on the words. */
export type Standing = Pick<StatusRow, 'phase' | 'isWanted' | 'successor'>;

/** @param key `group/kind/namespace/name` */
export function toDeployedWord({ phase, successor }: Standing, key: string): DeployedWord {
  if (phase !== null) return toPhaseWord(phase);
  if (successor === null) return 'Deleted';
  if (successor.isAhead) return 'Applied';
  if (!successor.identities.has(key)) return isDefinition(key) ? 'Applied' : 'Deleted';
  return successor.phase === 'Failed' ? 'Failed' : 'Applied';
}

/** CRDs are no identities of a bundle: no group owns them, and none deletes them. */
export const isDefinition = (key: string): boolean => key.startsWith('apiextensions.k8s.io/CustomResourceDefinition/');

/** Committed counts as applied, as in EMCO. */
export function toPhaseWord(phase: TargetPhase): DeployedWord {
  switch (phase) {
    case 'Pending':
    case 'CrdsCommitted':
    case 'Handed':
      return 'Pending';
    case 'Committed':
    case 'Deployed':
    case 'Ready':
    case 'Removing':
      return 'Applied';
    case 'Failed':
      return 'Failed';
    case 'Removed':
      return 'Deleted';
  }
}

/** Kinds that EMCO reports as NotPresent when nobody has seen them. */
const trackedKinds = new Set([
  'ConfigMap',
  'Service',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'StatefulSet',
  'CertificateSigningRequest',
]);

/** Old health never counts for content that the agent has not applied yet; null where EMCO has no word. */
export function toReadyWord(standing: Standing, key: string, seen: ResourceStatus | undefined): ReadyWord | null {
  if (!standing.isWanted) return null;
  const isGone = seen === undefined || toDeployedWord(standing, key) === 'Deleted';
  if (isGone) return trackedKinds.has(toKind(key)) ? 'NotPresent' : null;
  if (seen === 'NotFound') return 'NotPresent';
  const { phase } = standing;
  const counts = phase === null || phase === 'Deployed' || phase === 'Ready';
  return counts && seen === 'Current' ? 'Ready' : 'NotReady';
}

const toKind = (key: string): string => key.split('/')[1] ?? '';

/** EMCO's encoder sorts the members of a map. */
export function toCounts(words: Iterable<readonly [StatusWord, number]>): Readonly<Record<string, number>> {
  const counts = new Map<StatusWord, number>();
  for (const [word, count] of words) if (count > 0) counts.set(word, (counts.get(word) ?? 0) + count);
  return Object.fromEntries([...counts].sort());
}
