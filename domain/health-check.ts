/** How users say when a custom resource is well: Flux's `healthCheckExprs`. */
import { toApiGroup } from './manifest.ts';
import type { ObjectIdentity } from './manifest.ts';

/** CEL expressions over the object's members that give true or false. They are asked in the order failed, inProgress, current. */
export interface HealthCheck {
  /** `example.org/v1`; the version does not matter, as an object has one health. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly current: string;
  readonly inProgress?: string;
  readonly failed?: string;
}

export const healthExpressionNames = ['current', 'inProgress', 'failed'] as const;

type KindOf = Pick<ObjectIdentity, 'group' | 'kind'>;

const toKindKey = (check: HealthCheck): string => `${toApiGroup(check.apiVersion)}/${check.kind}`;

/** The check for objects of a kind; null: the rules of kstatus. */
export const findHealthCheck = (checks: readonly HealthCheck[], { group, kind }: KindOf): HealthCheck | null =>
  checks.find((check) => toKindKey(check) === `${group}/${kind}`) ?? null;

/** Later lists win, kind by kind; sorted by kind. */
export function mergeHealthChecks(...lists: readonly (readonly HealthCheck[])[]): readonly HealthCheck[] {
  const byKind = new Map(lists.flat().map((check) => [toKindKey(check), check]));
  return [...byKind].sort(([a], [b]) => Number(a > b) - Number(a < b)).map(([, check]) => check);
}
