/** A real Temporal server of its own for one test file, and workers on it with activities that the test gives. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTemporal } from '#lab/temporal.ts';
import { loadWorkflowBundle } from '#workers/bundle.ts';
import { searchAttributeTypes } from '#workers/search-attributes.ts';
import { taskQueues } from '#workflows/messages.ts';

export interface TemporalEnv {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  /** Runs workers on all queues while `during` runs. */
  withWorkers<T>(activities: object, during: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startTemporalEnv(): Promise<TemporalEnv> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(join(tmpdir(), 'emco-temporal-'));
  const server = await startTemporal({ folder, inMemory: true, searchAttributes: searchAttributeTypes });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  return {
    client,
    address: server.address,
    namespace: server.namespace,
    withWorkers: (activities, during) => withWorkers(server, activities, during),
    stop: async () => {
      await connection.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function withWorkers<T>(
  { address, namespace }: { address: string; namespace: string },
  activities: object,
  during: () => Promise<T>,
): Promise<T> {
  const workflowBundle = await loadWorkflowBundle(join(tmpdir(), 'emco-test-bundles'));
  const connection = await NativeConnection.connect({ address });
  const workers = await Promise.all(
    Object.values(taskQueues).map((taskQueue) =>
      Worker.create({
        connection,
        namespace,
        taskQueue,
        activities,
        shutdownForceTime: '5 seconds',
        ...(taskQueue === taskQueues.emco ? { workflowBundle } : {}),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  try {
    return await during();
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
  }
}
