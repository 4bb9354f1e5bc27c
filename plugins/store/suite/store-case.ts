import { randomBytes } from 'node:crypto';

import type { ClusterKey, DocumentKey, GroupKey } from '#domain/group.ts';
import { toGroupKey } from '#domain/group.ts';
import type { OperationKind, OperationRecord, OperationRequest } from '#domain/operation.ts';
import type { BundleRecord, Plan, PlanTarget } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { NewDocument } from '#domain/ports/documents.ts';
import type { FreezeRequest } from '#domain/ports/plans.ts';
import type { Store } from '#domain/ports/store.ts';

export type StoreCases = Readonly<Record<string, (bench: StoreBench) => Promise<void>>>;

export const actor = { name: 'tester' };
/** `provider+cluster`, as the product spells it. */
export const toCluster = (name: string): ClusterKey => `edge+${name}` as ClusterKey;

export const toDocumentKey = (path: string): DocumentKey => path as DocumentKey; // a path is what a key is

/** Where a target shall run what: app, cluster, names of the objects. The text makes a bundle differ from another. */
export interface Wish {
  readonly app: string;
  readonly cluster: string;
  readonly objects: readonly string[];
  readonly text?: string;
  readonly hooks?: BundleRecord['hooks'];
}

/** A store and names that no other case uses. */
export class StoreBench {
  readonly store: Store;
  readonly unique: string = randomBytes(5).toString('hex');

  constructor(store: Store) {
    this.store = store;
  }

  document(path: string, overrides: Partial<NewDocument> = {}): NewDocument {
    const key = toDocumentKey(`/projects/${this.unique}${path}`);
    const plain = { kind: 'thing', parent: null, body: { metadata: { name: path } }, secrets: {}, files: [] };
    return { key, ...plain, references: [], ...overrides };
  }

  groupKey(group: string): GroupKey {
    return toGroupKey({ project: this.unique, compositeApp: 'shop', version: 'v1', group });
  }

  async approvedGroup(group: string): Promise<GroupKey> {
    const key = this.groupKey(group);
    await this.store.groups.create(key, new Date().toISOString());
    await this.store.groups.approve(key, actor);
    return key;
  }

  request(kind: OperationKind, overrides: Partial<OperationRequest> = {}): OperationRequest {
    const operationId = `${kind}-${randomBytes(5).toString('hex')}`;
    return { operationId, kind, toRevision: null, migrateTo: null, requestedBy: 'tester', ...overrides };
  }

  async begin(
    group: GroupKey,
    kind: OperationKind,
    overrides: Partial<OperationRequest> = {},
  ): Promise<OperationRecord> {
    const request = this.request(kind, overrides);
    await this.store.groups.request(group, request, { recordRefusal: false });
    return this.store.groups.begin(group, request.operationId);
  }

  /** Stores the bundles and gives what freezes them. */
  async freezing(group: GroupKey, operation: OperationRecord, wishes: readonly Wish[] | null): Promise<FreezeRequest> {
    const base = {
      group,
      operationId: operation.operationId,
      operation: operation.number,
      revision: operation.revision,
      instance: operation.instance,
      rolledBackTo: operation.toRevision,
    };
    return { ...base, plan: wishes === null ? null : await this.#plan(group, wishes) };
  }

  async freeze(group: GroupKey, operation: OperationRecord, wishes: readonly Wish[] | null): Promise<void> {
    await this.store.plans.freeze(await this.freezing(group, operation, wishes));
  }

  /** Begins an operation and freezes what it wants. */
  async operate(group: GroupKey, kind: OperationKind, wishes: readonly Wish[] | null): Promise<OperationRecord> {
    const operation = await this.begin(group, kind);
    await this.freeze(group, operation, wishes);
    return operation;
  }

  addressOf(wish: Wish): BlobAddress {
    return this.store.blobs.addressOf(toBytes(wish));
  }

  async #plan(group: GroupKey, wishes: readonly Wish[]): Promise<NonNullable<FreezeRequest['plan']>> {
    const { blobs, plans } = this.store;
    const contents = new Map(
      wishes.map((wish) => [JSON.stringify([wish.objects, wish.text ?? '', wish.hooks ?? []]), wish]),
    );
    await blobs.putMany([...contents.values()].map(toBytes));
    await plans.putBundles([...contents.values()].map((wish) => toRecord(wish, this.addressOf(wish))));
    const targets = wishes.map((wish) => ({
      app: wish.app,
      cluster: toCluster(wish.cluster),
      bundle: this.addressOf(wish),
      reason: 'wished',
    }));
    const inputs = await blobs.put(Buffer.from(`inputs of ${group}`));
    const content = toPlan(group, targets, inputs);
    const digest = await blobs.put(Buffer.from(JSON.stringify(content)));
    const [apps, clusters, bundles] = [content.apps.length, content.clusters.length, contents.size];
    const summary = { digest, waves: 1, apps, clusters, targets: targets.length, bundles, objects: targets.length };
    return { digest, summary, content };
  }
}

const toBytes = (wish: Wish): Buffer => Buffer.from(JSON.stringify([wish.objects, wish.text ?? '', wish.hooks ?? []]));

const toRecord = (wish: Wish, address: BlobAddress): BundleRecord => ({
  address,
  trees: { main: 'a'.repeat(40), crds: null },
  identities: wish.objects.map((name) => `/ConfigMap/shop/${name}`),
  objectCount: wish.objects.length,
  hooks: wish.hooks ?? [],
  hasSecret: false,
});

function toPlan(group: GroupKey, targets: readonly PlanTarget[], inputs: BlobAddress): Plan {
  const apps = [...new Set(targets.map(({ app }) => app))].sort();
  const clusters = [...new Set(targets.map(({ cluster }) => cluster))].sort();
  const delivery = { by: 'git', provider: 'fluxcd', url: 'https://git.example.org/fleet.git', branch: 'main' } as const;
  return {
    group,
    gid: '1',
    namespace: 'shop',
    release: 'v1',
    inputs,
    lookUps: null,
    apps: apps.map((app, wave) => ({ app, wave, dependencies: [], warnings: [] })),
    clusters: clusters.map((cluster) => ({ cluster, delivery, reachable: true })),
    targets,
  };
}
