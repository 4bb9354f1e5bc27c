/** Documents of all kinds, with parents and references. */
import type { DocumentKey } from '#domain/group.ts';
import type { JsonObject } from '#domain/json.ts';
import type { BlobAddress } from './blobs.ts';

export interface DocumentFile {
  /** Multipart part name: `file` or `files`. */
  readonly part: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
  readonly content: BlobAddress;
}

export interface NewDocument {
  readonly key: DocumentKey;
  /** Name of the declared kind, such as `app`. */
  readonly kind: string;
  /** Null for a root kind. Parents other than this one follow from the key. */
  readonly parent: DocumentKey | null;
  /** The JSON that GET answers. String values at secret paths are sealed by the caller's declaration. */
  readonly body: JsonObject;
  /** Values that must not be stored in clear, sealed at rest, by name. */
  readonly secrets: JsonObject;
  readonly files: readonly DocumentFile[];
  /** Documents that may not be deleted while this one exists. */
  readonly references: readonly DocumentKey[];
}

export interface StoredDocument extends NewDocument {
  /** Grows with creation: the order of lists. */
  readonly sequence: number;
  /** Digest of body, secrets and files; the ETag. */
  readonly digest: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type DocumentBody = Pick<StoredDocument, 'body' | 'files'>;

/** Who changes something, for the audit. */
export interface Actor {
  readonly name: string;
}

export interface Documents {
  /** @throws Failure `already-exists`, `parent-not-found`. */
  create(document: NewDocument, actor: Actor): Promise<StoredDocument>;
  /** Many at once, in order, all or nothing. */
  createMany(documents: readonly NewDocument[], actor: Actor): Promise<void>;
  find(key: DocumentKey): Promise<StoredDocument | null>;
  findMany(keys: readonly DocumentKey[]): Promise<ReadonlyMap<DocumentKey, StoredDocument>>;
  /** Digests by key, of those that exist: says what changed without reading it. */
  digestsOf(keys: readonly DocumentKey[]): Promise<ReadonlyMap<DocumentKey, string>>;
  /** Children of one kind under a parent, in creation order. */
  list(kind: string, parent: DocumentKey | null): Promise<readonly StoredDocument[]>;
  /** All documents of the kinds below a key, in creation order. */
  listBelow(key: DocumentKey, kinds: readonly string[]): Promise<readonly StoredDocument[]>;
  /** All documents of a kind whose parent is any of the keys; for labels of many clusters in one statement. */
  listOfParents(kind: string, parents: readonly DocumentKey[]): Promise<readonly StoredDocument[]>;
  /**
   * Bodies and files of all children of a kind, by parent, in creation order: for thousands of small documents of a kind
   * that seals nothing, at a fraction of what `listOfParents` costs.
   */
  bodiesOfParents(
    kind: string,
    parents: readonly DocumentKey[],
  ): Promise<ReadonlyMap<DocumentKey, readonly DocumentBody[]>>;
  /**
   * A number that is another one, never given before, whenever a child was made, replaced or removed; parents that never had
   * any are left out. Says whether anything changed without reading it.
   */
  versionsOfChildren(parents: readonly DocumentKey[]): Promise<ReadonlyMap<DocumentKey, number>>;
  /**
   * Creates or replaces. `ifMatch` makes it compare-and-swap on the digest.
   * @throws Failure `parent-not-found`, `document-not-found` (ifMatch given, nothing there).
   */
  put(document: NewDocument, actor: Actor, ifMatch?: string): Promise<{ stored: StoredDocument; created: boolean }>;
  /** @throws Failure `document-not-found`, `has-children`, `is-referenced` (problems name the referencing documents). */
  remove(key: DocumentKey, actor: Actor): Promise<void>;
}
