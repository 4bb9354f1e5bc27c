/** A migration as its source's workflow carries it out. */
import type { GroupKey } from '#domain/group.ts';
import { toGroupRef } from '#domain/group.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { HandedOver } from '#domain/ports/plans.ts';

import type { StoreBench, Wish } from './store-case.ts';

export const toTarget = (to: GroupKey): { migrateTo: { version: string; group: string } } => {
  const { version, group } = toGroupRef(to);
  return { migrateTo: { version, group } };
};

export async function endAll(bench: StoreBench, group: GroupKey): Promise<void> {
  for (const { operationId } of await bench.store.groups.listOperations(group, 50))
    await bench.store.groups.end(group, operationId, { state: 'done', message: '' });
}

export interface Migrating {
  readonly from: GroupKey;
  readonly to: GroupKey;
  readonly wishes: readonly Wish[];
}

export async function handOver(
  bench: StoreBench,
  operation: OperationRecord,
  { from, to, wishes }: Migrating,
): Promise<HandedOver> {
  const { plan } = await bench.freezing(to, operation, wishes);
  if (plan === null) throw new Error('expected a plan, found none');
  const { operationId, number, instance } = operation;
  return bench.store.plans.handOver({ group: from, operationId, operation: number, instance, to, plan });
}

export async function migrate(bench: StoreBench, migrating: Migrating): Promise<HandedOver> {
  const operation = await bench.begin(migrating.from, 'migrate', toTarget(migrating.to));
  return handOver(bench, operation, migrating);
}
