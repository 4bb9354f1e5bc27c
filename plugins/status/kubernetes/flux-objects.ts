/** Of a Kustomization and of a source only what a report needs. */
import { readCondition, readField, readNumber, readText } from '#domain/health-fields.ts';
import type { JsonObject } from '#domain/json.ts';

export interface KeptKustomization {
  /** Commit that was applied, 40 (or 64) hex digits, or empty. */
  readonly revision: string;
  /** Commit that was tried last. */
  readonly attempted: string;
  readonly seenAt: number;
  readonly isObserved: boolean;
  readonly isSuspended: boolean;
  readonly isGoing: boolean;
  /** `deploy/edge+c1/…`, without leading `./`. */
  readonly path: string;
  /** Why it is not Ready; empty when it is or nothing is said. */
  readonly trouble: string;
  /** Name of the source that it applies from. */
  readonly source: string;
  /** Name of the Kustomization that applied this one; empty when none did. */
  readonly owner: string;
}

export function keepKustomization(object: JsonObject, before: KeptKustomization | undefined): KeptKustomization {
  const revision = toCommit(readText(object, 'status', 'lastAppliedRevision'));
  return {
    revision,
    attempted: toCommit(readText(object, 'status', 'lastAttemptedRevision')),
    seenAt: before?.revision === revision ? before.seenAt : performance.now(),
    isObserved: isObserved(object),
    isSuspended: readField(object, 'spec', 'suspend') === true,
    isGoing: readText(object, 'metadata', 'deletionTimestamp') !== '',
    path: toPlainPath(readText(object, 'spec', 'path')),
    trouble: toTrouble(object),
    source: toSourceName(object),
    owner: readText(object, 'metadata', 'labels', 'kustomize.toolkit.fluxcd.io/name'),
  };
}

/** Why a source is not Ready; empty when it is or nothing is said. */
export function toTrouble(object: JsonObject): string {
  const ready = readCondition(object, 'Ready');
  return ready?.status === 'False' ? ready.message || ready.reason || 'not Ready' : '';
}

/** `main@sha1:<hex>` → the hex digits. */
export const toCommit = (revision: string): string =>
  /(?:^|[:/])([0-9a-f]{40}|[0-9a-f]{64})$/.exec(revision)?.[1] ?? '';

export const toPlainPath = (path: string): string => path.replace(/^\.?\//, '').replace(/\/+$/, '');

function isObserved(object: JsonObject): boolean {
  const generation = readNumber(object, 'metadata', 'generation');
  return generation !== null && generation === readNumber(object, 'status', 'observedGeneration');
}

const toSourceName = (object: JsonObject): string =>
  readText(object, 'spec', 'sourceRef', 'kind') === 'GitRepository'
    ? readText(object, 'spec', 'sourceRef', 'name')
    : '';
