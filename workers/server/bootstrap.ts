/** Makes what Temporal must have: the namespace with 30 days' retention and our search attributes. Idempotent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { status as grpcStatus } from '@grpc/grpc-js';
import { msToTs } from '@temporalio/common';
import proto from '@temporalio/proto';
import { searchAttributeTypes } from '#workers/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const retentionDays = 30;
const patienceMs = 120_000;

const types = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
};

/** Connects, waiting for a server that is still starting. */
export async function connectWithPatience(address: string, now: () => number): Promise<Connection> {
  const deadline = now() + patienceMs;
  for (;;) {
    try {
      return await Connection.connect({ address, connectTimeout: '5 seconds' });
    } catch (error) {
      if (now() > deadline) throw error;
      await sleep(1000);
    }
  }
}

export async function bootstrapTemporal(connection: Connection, namespace: string): Promise<void> {
  await ignoreExisting(() =>
    connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(`${retentionDays} days`),
    }),
  );
  await addSearchAttributes(connection, namespace);
}

/** A namespace that was just made is known everywhere only some seconds later. */
async function addSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const searchAttributes = Object.fromEntries(
    Object.entries(searchAttributeTypes).map(([name, type]) => [name, types[type]]),
  );
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ignoreExisting(() => connection.operatorService.addSearchAttributes({ namespace, searchAttributes }));
      return;
    } catch (error) {
      if (attempt >= 15) throw error;
      await sleep(1000);
    }
  }
}

async function ignoreExisting(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== grpcStatus.ALREADY_EXISTS) throw error;
  }
}
