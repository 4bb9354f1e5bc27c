/** Members of a document that are sealed at rest: the body keeps what may be shown, the rest is in `secrets` by path. */
import { isJsonObject, type Json, type JsonObject } from './json.ts';

interface WithSecrets {
  readonly body: JsonObject;
  /** Keys are paths into the body, joined by dots: `spec.kv`, `spec.overrideValues`. */
  readonly secrets: JsonObject;
}

/** The body as the user wrote it, with every sealed member in its place. Never show it where the kind redacts. */
export function toFullBody(document: WithSecrets): JsonObject {
  return Object.keys(document.secrets).reduce(
    (body, path) => withMember(body, path.split('.'), document.secrets[path] ?? null),
    document.body,
  );
}

/** A copy of the body with another value at the path. */
export function withMember(body: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [head, ...rest] = path;
  if (head === undefined) return body;
  if (rest.length === 0) return { ...body, [head]: value };
  const inner = body[head];
  return { ...body, [head]: withMember(isJsonObject(inner) ? inner : {}, rest, value) };
}

export function memberAt(body: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = body;
  for (const name of path) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}

/** The text at the path, empty when there is none. */
export function textAt(body: JsonObject, path: readonly string[]): string {
  const value = memberAt(body, path);
  return typeof value === 'string' ? value : '';
}
