/** What a reader of a stored document gets to see. */
import { memberAt, toFullBody, withMember } from '#domain/document-secrets.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { Kind, SealedMember } from './kind.ts';
import { inSchemaOrder } from './shape.ts';

/** The body that GET answers: revealed members are back in place, the others redacted, members in EMCO's order. */
export function toShown(kind: Kind, document: StoredDocument): JsonObject {
  const full = toFullBody(document);
  const shown = (kind.sealed ?? []).reduce((body, member) => (member.isRevealed ? body : hide(body, member)), full);
  const ordered = inSchemaOrder(kind.schema, shown);
  return isJsonObject(ordered) ? ordered : shown;
}

/** One entry of a list. */
export function toListed(kind: Kind, document: StoredDocument): Json {
  const shown = toShown(kind, document);
  return kind.listContent === 'metadata' ? { metadata: shown['metadata'] ?? null } : shown;
}

/** Splits a full body into what is stored in clear and what is sealed. */
export function toSealed(
  kind: Kind,
  body: JsonObject,
  present: StoredDocument | null,
): { readonly body: JsonObject; readonly secrets: JsonObject } {
  let clear = body;
  const secrets: Record<string, Json> = {};
  for (const member of kind.sealed ?? []) {
    const incoming = memberAt(body, member.path);
    if (incoming === undefined) continue;
    const before = present === null ? undefined : memberAt(toFullBody(present), member.path);
    const value = before === undefined ? incoming : (member.restore?.(incoming, before) ?? incoming);
    secrets[member.path.join('.')] = value;
    clear = withMember(clear, member.path, member.shown(value));
  }
  return { body: clear, secrets };
}

function hide(body: JsonObject, member: SealedMember): JsonObject {
  const value = memberAt(body, member.path);
  return value === undefined ? body : withMember(body, member.path, member.shown(value));
}
