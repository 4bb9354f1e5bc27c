import { createHash } from 'node:crypto';

import type { PartFiles } from '#domain/plan.ts';

export const treeMode = '40000';
export const fileMode = '100644';

export interface TreeEntry {
  /** As it stands in the tree object: `100644`, `100755`, `120000`, `160000` or `40000`. */
  readonly mode: string;
  readonly id: string;
}

/** Git's object id of a file with this text. */
export const toBlobId = (text: string): string => toObjectId('blob', Buffer.from(text));

/** Git's object id of a flat folder with these files, in whatever order they come. */
export function toTreeId(files: PartFiles): string {
  return toTreeIdOfEntries(new Map(files.map(({ path, text }) => [path, { mode: fileMode, id: toBlobId(text) }])));
}

/** Git's object id of a folder that holds files only. */
export function toTreeIdOfEntries(entries: ReadonlyMap<string, TreeEntry>): string {
  const rows = [...entries].map(([name, entry]) => ({ name: Buffer.from(name), entry }));
  rows.sort((a, b) => Buffer.compare(a.name, b.name)); // Git orders by bytes, not by UTF-16 units
  const pieces = rows.flatMap(({ name, entry }) => [
    Buffer.from(`${entry.mode} `),
    name,
    Buffer.from([0]),
    Buffer.from(entry.id, 'hex'),
  ]);
  return toObjectId('tree', Buffer.concat(pieces));
}

function toObjectId(type: 'blob' | 'tree', content: Uint8Array): string {
  return createHash('sha1').update(`${type} ${content.byteLength}\0`).update(content).digest('hex');
}
