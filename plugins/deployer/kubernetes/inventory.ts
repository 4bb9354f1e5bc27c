import { Failure } from '#domain/failure.ts';
import { fieldManager } from '#domain/field-ownership.ts';
import { readField, readText } from '#domain/health-fields.ts';
import { applySet, inventoryAnnotations, inventoryNamespace, toInventoryName } from '#domain/inventory.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ApiAnswer, ApiCall } from '#domain/ports/api-server.ts';
import { refuse } from './refusal.ts';
import type { Session } from './session.ts';

/** What the parent says about its ApplySet. */
export interface Inventory {
  /** Empty when the parent is not there. */
  readonly resourceVersion: string;
  readonly operation: number;
  readonly bundle: string;
  /** Whose fields are ours since then, by `toOwnershipText`; empty while it is being applied or removed. */
  readonly fields: string;
  /** `Deployment.apps`, sorted. */
  readonly groupKinds: readonly string[];
  /** Sorted; the parent's own is not among them. */
  readonly namespaces: readonly string[];
}

const collection = `/api/v1/namespaces/${inventoryNamespace}/configmaps`;
const tooling = 'emco/v1';
const recheckAfterMs = 2_000;

/** The parent object of one app, written by compare-and-swap and only by the newest operation of the group. */
export class InventoryParent {
  readonly name: string;
  readonly #session: Session;
  #checkedAt = 0;

  constructor(session: Session) {
    this.#session = session;
    this.name = toInventoryName(session.subject.gid, session.subject.app, session.sha256);
  }

  /** By the KEP: a hash of the parent's name, namespace, kind and group. */
  get applySetId(): string {
    const hash = this.#session.sha256(`${this.name}.${inventoryNamespace}.ConfigMap.`);
    return `applyset-${Buffer.from(hash, 'hex').toString('base64url')}-v1`;
  }

  /** @throws Failure `operation-superseded` when a newer operation has written. */
  async read(): Promise<Inventory> {
    const answer = await this.#call({ method: 'GET', path: this.#path });
    this.#checkedAt = performance.now();
    if (!answer.ok) {
      if (answer.status === 404) return none;
      throw this.#refused(answer);
    }
    const found = toInventory(answer.body);
    if (found.operation > this.#session.subject.operation) throw this.#superseded(`operation ${found.operation}`);
    return found;
  }

  /** Looks again from time to time: this process may have slept while another operation took over. */
  async guard(): Promise<void> {
    this.#session.beat();
    if (performance.now() - this.#checkedAt < recheckAfterMs) return;
    const found = await this.read();
    if (found.resourceVersion === '') throw this.#superseded('the inventory removed');
  }

  /** Writes what `change` makes of the inventory as it is; another writer in between makes it look again. */
  async write(change: (found: Inventory) => Omit<Inventory, 'resourceVersion' | 'operation'>): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const found = await this.read();
      const answer = await this.#call(this.#toWrite(found, change(found)));
      if (answer.ok) return;
      if (answer.status !== 409) throw this.#refused(answer);
    }
    throw this.#superseded('another writer at each of five attempts');
  }

  /** Deletes the parent as it was read. */
  async remove(found: Inventory): Promise<void> {
    const preconditions = { resourceVersion: found.resourceVersion };
    const answer = await this.#call({ method: 'DELETE', path: this.#path, body: { preconditions } });
    if (answer.ok || answer.status === 404) return;
    throw answer.status === 409 ? this.#superseded('another writer') : this.#refused(answer);
  }

  get #path(): string {
    return `${collection}/${this.name}`;
  }

  #call(call: ApiCall): Promise<ApiAnswer> {
    return this.#session.own.call({ ...call, signal: this.#session.signal });
  }

  #toWrite(found: Inventory, next: Omit<Inventory, 'resourceVersion' | 'operation'>): ApiCall {
    const { gid, app, operation } = this.#session.subject;
    const metadata = {
      labels: { [applySet.id]: this.applySetId },
      annotations: {
        [applySet.tooling]: tooling,
        [applySet.groupKinds]: next.groupKinds.join(','),
        [applySet.namespaces]: next.namespaces.join(','),
        [inventoryAnnotations.bundle]: next.bundle,
        [inventoryAnnotations.fields]: next.fields,
        [inventoryAnnotations.operation]: String(operation),
        'emco/group-id': gid,
        'emco/app': app,
      },
    };
    const query = { fieldManager };
    if (found.resourceVersion === '') {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, name: this.name } };
      return { method: 'POST', path: collection, query, body };
    }
    const body = { metadata: { ...metadata, resourceVersion: found.resourceVersion } };
    return { method: 'PATCH', path: this.#path, query, body, contentType: 'application/merge-patch+json' };
  }

  get #title(): string {
    return `inventory ${inventoryNamespace}/${this.name}`;
  }

  #superseded(found: string): Failure {
    const expected = `operation ${this.#session.subject.operation} to be the newest`;
    return new Failure('operation-superseded', [{ object: this.#title, expected, found }]);
  }

  #refused(answer: Extract<ApiAnswer, { ok: false }>): Failure {
    return refuse([{ object: this.#title, expected: 'the API server to take it', found: answer.message }]);
  }
}

const none: Inventory = { resourceVersion: '', operation: 0, bundle: '', fields: '', groupKinds: [], namespaces: [] };

function toInventory(parent: JsonObject): Inventory {
  const annotation = (name: string): string => readText(parent, 'metadata', 'annotations', name);
  return {
    resourceVersion: readText(parent, 'metadata', 'resourceVersion'),
    operation: Number.parseInt(annotation(inventoryAnnotations.operation), 10) || 0,
    bundle: annotation(inventoryAnnotations.bundle),
    fields: annotation(inventoryAnnotations.fields),
    groupKinds: toList(annotation(applySet.groupKinds)),
    namespaces: toList(annotation(applySet.namespaces)),
  };
}

const toList = (text: string): readonly string[] => text.split(',').filter((item) => item !== '');

/** Makes the namespace of all inventories where it is missing. */
export async function ensureInventoryNamespace({ own: api, signal }: Session): Promise<void> {
  const found = await api.call({ method: 'GET', path: `/api/v1/namespaces/${inventoryNamespace}`, signal });
  if (found.ok && readField(found.body, 'metadata', 'deletionTimestamp') === null) return;
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inventoryNamespace } };
  const made = await api.call({ method: 'POST', path: '/api/v1/namespaces', query: { fieldManager }, body, signal });
  if (made.ok || made.reason === 'AlreadyExists') return;
  const object = `Namespace ${inventoryNamespace}`;
  throw refuse([{ object, expected: 'to be made for the inventories', found: made.message }]);
}
