/** Look-ups of kv pairs that this installation itself holds: read from the store, without a way over the network. */
import { documentKinds } from '#domain/document-kinds.ts';
import { memberAt, toFullBody } from '#domain/document-secrets.ts';
import type { DocumentKey } from '#domain/group.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { LookUp } from '#domain/ports/plugins.ts';
import type { LookedUp } from '#domain/ports/url-reader.ts';
import type { ActivityDeps } from './deps.ts';

interface OwnUrl {
  readonly document: DocumentKey;
  readonly key: string;
}

/** Kinds that answer `?key=` with `{"value": …}`, without anything that only a deployer may see. */
const kinds: ReadonlySet<string> = new Set([documentKinds.clusterKv, documentKinds.logicalCloudKv]);

/** What our own documents say, by URL; URLs of others are left out. */
export async function readOwnValues(
  { store, lookUps }: ActivityDeps,
  wanted: readonly LookUp[],
): Promise<ReadonlyMap<string, LookedUp>> {
  const hosts = lookUps.own();
  const own = new Map(
    wanted.flatMap(({ url }) => {
      const found = toOwnUrl(url, hosts);
      return found === null ? [] : [[url, found] as const];
    }),
  );
  const documents = await store.documents.findMany([...new Set([...own.values()].map(({ document }) => document))]);
  return new Map([...own].map(([url, { document, key }]) => [url, toValue(documents.get(document), key)]));
}

/** Only the paths of kv pairs, on a host and port that name this installation. */
function toOwnUrl(text: string, hosts: readonly string[]): OwnUrl | null {
  const url = URL.parse(text);
  if (url === null) return null;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (!hosts.includes(`${url.hostname}:${port}`) && !hosts.includes(`*:${port}`)) return null;
  const [, document] =
    /^\/v2((?:\/[A-Za-z0-9][-A-Za-z0-9_.]*){4}\/kv-pairs\/[A-Za-z0-9][-A-Za-z0-9_.]*)$/.exec(url.pathname) ?? [];
  const key = url.searchParams.get('key');
  // The pattern is that of a document's key.
  return document === undefined || key === null ? null : { document: document as DocumentKey, key };
}

function toValue(document: StoredDocument | undefined, key: string): LookedUp {
  const refuse = (expected: string): LookedUp => ({ ok: false, isRetryable: false, expected, found: 'none' });
  if (document === undefined || !kinds.has(document.kind)) return refuse('these kv pairs among our documents');
  const list = memberAt(toFullBody(document), ['spec', 'kv']);
  const pairs = Array.isArray(list) ? (list as readonly Json[]).filter(isJsonObject) : [];
  // The last of equal keys wins, as when they are read over HTTP.
  const last = pairs.findLast((pair) => Object.hasOwn(pair, key));
  return last === undefined ? refuse(`key ${key}`) : { ok: true, value: last[key] ?? null };
}
