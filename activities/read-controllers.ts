/** Which controllers a group's intents name, and in which order they act. */
import {
  type OrderedControllers,
  orderControllers,
  toNamedControllers,
  toRegistrationKeys,
  toRegistrations,
} from '#domain/controllers.ts';
import { documentKinds } from '#domain/document-kinds.ts';
import { orThrow } from '#domain/failure.ts';
import type { GroupKey } from '#domain/group.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ActivityDeps } from './deps.ts';
import { toName } from './read-clusters.ts';

interface ControllerQuery {
  readonly group: GroupKey;
  readonly intents: readonly StoredDocument[];
}

/** @throws Failure `reference-not-found` for a controller that nobody can call */
export async function readControllers(
  { store, customiser }: ActivityDeps,
  { group, intents }: ControllerQuery,
): Promise<OrderedControllers> {
  const named = toNamedControllers(intents);
  const builtIn = customiser.name;
  const isPlain = named.every(({ controller }) => controller === builtIn);
  const registrations = isPlain ? [] : (await store.documents.findMany(toRegistrationKeys(named))).values();
  const generic = isPlain ? [] : await store.documents.list(documentKinds.genericK8sIntent, group);
  const builtInIntents = new Set(generic.map(toName));
  return orThrow(orderControllers({ named, registrations: toRegistrations(registrations), builtIn, builtInIntents }));
}
