/** How messages name what a user wrote. */
import type { GenericResource } from '#domain/inputs.ts';

type ResourceName = Pick<GenericResource, 'name' | 'kind' | 'objectName'>;

/** `resource cm-team (ConfigMap cm-team)`. */
export const toWords = ({ name, kind, objectName }: ResourceName): string => `resource ${name} (${kind} ${objectName})`;

export const toCustomizationWords = ({ name }: { readonly name: string }, resource: ResourceName): string =>
  `customization ${name} of ${toWords(resource)}`;
