import { readOwnership } from '#domain/field-ownership.ts';
import { readText } from '#domain/health-fields.ts';
import { applySet, inventoryAnnotations, inventoryNamespace, toInventoryName } from '#domain/inventory.ts';
import type { JsonObject } from '#domain/json.ts';
import type { Sha256 } from '#domain/names.ts';
import { absent, notKnown, unreadable } from './agent-report.ts';
import type { AgentReport } from './agent-report.ts';
import { KindWatch } from './kind-watch.ts';
import type { KindWatchOptions } from './kind-watch.ts';

interface Parent {
  readonly bundle: string;
  readonly fields: string;
  readonly seenAt: number;
}

/** Direct clusters have no agent: the inventory that the deployer writes says what is applied. */
export class DirectAgent {
  readonly #watch: KindWatch<Parent>;
  readonly #sha256: Sha256;

  constructor(open: Pick<KindWatchOptions<Parent>, 'link' | 'signal' | 'random'>, options: DirectAgentOptions) {
    this.#sha256 = options.sha256;
    this.#watch = new KindWatch<Parent>({
      ...open,
      target: {
        group: '',
        version: 'v1',
        kind: 'ConfigMap',
        namespace: inventoryNamespace,
        labelSelector: applySet.id,
        metadataOnly: true,
      },
      keep: (object, before) => keep(object, before, options.onRevision),
      onChange: options.onChange,
    });
    void this.#watch.run();
  }

  get isSettled(): boolean {
    return this.#watch.state !== 'waiting';
  }

  report(gid: string, app: string): AgentReport {
    if (this.#watch.state === 'waiting') return notKnown;
    if (this.#watch.state === 'refused') return unreadable(`The inventory cannot be read: ${this.#watch.message}`);
    const parent = this.#watch.get(inventoryNamespace, toInventoryName(gid, app, this.#sha256));
    if (parent === undefined) return absent('');
    const { bundle, fields, seenAt } = parent;
    const ownership = fields === '' ? null : readOwnership(fields, this.#sha256);
    return { known: true, present: true, revision: bundle, seenAt, current: true, message: '', ownership };
  }
}

export interface DirectAgentOptions {
  readonly sha256: Sha256;
  readonly onChange: () => void;
  readonly onRevision: () => void;
}

function keep(object: JsonObject, before: Parent | undefined, onRevision: () => void): Parent {
  const bundle = readText(object, 'metadata', 'annotations', inventoryAnnotations.bundle);
  const fields = readText(object, 'metadata', 'annotations', inventoryAnnotations.fields);
  if (before?.bundle === bundle && before.fields === fields) return before;
  onRevision();
  return { bundle, fields, seenAt: performance.now() };
}
