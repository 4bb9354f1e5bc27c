/** Paths of the Kubernetes REST API. */
import type { ServedKind } from './ports/api-server.ts';

/** Path of a collection or, with a name, of one object; an empty namespace means all of them. */
export function toApiPath(kind: ServedKind, at: { readonly namespace?: string; readonly name?: string } = {}): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const { namespace = '', name = '' } = at;
  const scope = kind.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${kind.resource}${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
}
