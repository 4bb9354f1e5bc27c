import type { Bundle } from '#domain/manifest.ts';
import type { ChangeFolder, ChangeSet } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { GitBatch } from '#domain/ports/plugins.ts';

import { checkFileNames } from './check-change.ts';
import type { TreeEntries } from './tree-cache.ts';
import { fileMode, toBlobId, toTreeIdOfEntries } from './tree-id.ts';

/** A folder as it shall be. */
export interface DesiredTree {
  readonly id: string;
  readonly entries: TreeEntries;
  /** Text by file name, in the order of names. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A part of a bundle made ready for comparison; null for an empty part; a message when Git shall not hold it. */
export type DesiredPart = DesiredTree | null | { readonly refused: string };

const bundlesAtATime = 200;

/** All parts of bundles that the changes name; each bundle is asked for once. */
export class DesiredTrees {
  private readonly parts = new Map<string, DesiredPart>();
  private readonly batch: Pick<GitBatch, 'loadParts' | 'heartbeat'>;

  constructor(batch: Pick<GitBatch, 'loadParts' | 'heartbeat'>) {
    this.batch = batch;
  }

  async load(changes: readonly ChangeSet[]): Promise<void> {
    const wanted = new Map<BlobAddress, Set<ChangeFolder['part']>>();
    for (const { bundle, part } of changes.flatMap(({ folders }) => folders)) {
      if (bundle !== null) wanted.set(bundle, (wanted.get(bundle) ?? new Set()).add(part));
    }
    const addresses = [...wanted.keys()].sort();
    for (let at = 0; at < addresses.length; at += bundlesAtATime) {
      const chunk = addresses.slice(at, at + bundlesAtATime);
      const bundles = await this.batch.loadParts(chunk);
      for (const address of chunk) this.add(address, bundles.get(address), wanted.get(address) ?? new Set());
      this.batch.heartbeat();
    }
  }

  get({ bundle, part }: ChangeFolder): DesiredPart {
    if (bundle === null) return null;
    return this.parts.get(`${bundle}/${part}`) ?? null;
  }

  private add(address: BlobAddress, bundle: Bundle | undefined, parts: ReadonlySet<ChangeFolder['part']>): void {
    for (const part of parts) {
      const found: DesiredPart =
        bundle === undefined
          ? { refused: `bundle ${address}: expected it in the store, found none` }
          : toDesired(bundle[part]);
      this.parts.set(`${address}/${part}`, found);
    }
  }
}

function toDesired(files: Bundle['main']): DesiredPart {
  if (files.length === 0) return null;
  const problem = checkFileNames(files.map(({ path }) => path));
  if (problem !== null) return { refused: problem };
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const entries = new Map(sorted.map(({ path, text }) => [path, { mode: fileMode, id: toBlobId(text) }]));
  return {
    id: toTreeIdOfEntries(entries),
    entries,
    texts: new Map(sorted.map(({ path, text }) => [path, text])),
  };
}
