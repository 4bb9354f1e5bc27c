/** A real API on the real store, with a stand-in for the engine that runs the groups. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { ApiDeps } from '#api/deps.ts';
import type { ControlRequest, GroupControl } from '#api/group-control.ts';
import { listen, type RunningApi } from '#api/server.ts';
import { Failure } from '#domain/failure.ts';
import type { GroupRef } from '#domain/group.ts';
import type { Store } from '#domain/ports/store.ts';
import { makeTarArchives } from '#plugins/archive/tar/index.ts';
import { makeHealthExpressions } from '#plugins/health/cel/index.ts';
import { openStore } from '#plugins/store/postgres/index.ts';
import { parseYamlDocuments } from '#plugins/yaml/index.ts';
import { startPglite } from '#workers/pglite/start-pglite.ts';

export interface TestStore {
  readonly store: Store;
  /** Connection string of the database behind it. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startTestStore(): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-api-'));
  const database = await startPglite({ folder: join(folder, 'pg') });
  const store = await openStore({ connectionString: database.url, key: randomBytes(32) });
  return {
    store,
    url: database.url,
    stop: async () => {
      await store.close();
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Records what it is asked; `isAway` makes it as silent as a Temporal that is gone. */
export class RecordingControl implements GroupControl {
  readonly submitted: (ControlRequest & { readonly group: GroupRef })[] = [];
  readonly starts: GroupRef[] = [];
  readonly deletions: GroupRef[] = [];
  isAway = false;

  async submit(group: GroupRef, request: ControlRequest) {
    this.#answer();
    this.submitted.push({ group, ...request });
    return { operationId: request.payload.operationId, revision: request.payload.recordedRevision ?? 0 };
  }

  async started(group: GroupRef): Promise<void> {
    this.#answer();
    this.starts.push(group);
  }

  async deleted(group: GroupRef): Promise<void> {
    this.#answer();
    this.deletions.push(group);
  }

  async isAlive(): Promise<boolean> {
    return !this.isAway;
  }

  #answer(): void {
    if (!this.isAway) return;
    throw new Failure('temporal-unavailable', [{ object: 'Temporal', expected: 'an answer', found: 'none' }]);
  }
}

export interface TestApi extends RunningApi {
  readonly control: RecordingControl;
  readonly deps: ApiDeps;
  /** Lines of the log, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

export async function startTestApi(store: Store, options: Partial<ApiDeps> = {}): Promise<TestApi> {
  const control = new RecordingControl();
  const log: Record<string, unknown>[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  let instance = 2n ** 62n;
  const deps: ApiDeps = {
    store,
    archives: makeTarArchives(),
    parseYaml: parseYamlDocuments,
    healthExpressions: makeHealthExpressions(),
    control,
    clock: { now: () => new Date().toISOString() },
    ids: {
      uuid: randomUUID,
      instance: () => {
        instance += 1n;
        return instance.toString();
      },
    },
    log: pino(sink),
    version: '1.2.3',
    ...options,
  };
  return { ...(await listen(deps, { host: '127.0.0.1', port: 0 })), control, deps, log };
}
