/** What GAC works on once every look-up has its value. */
import type { ClusterKey } from '#domain/group.ts';
import type { ClusterFilter, Customization, GenericResource } from '#domain/inputs.ts';
import type { CustomiseRequest } from '#domain/ports/plugins.ts';

/** Clusters on which look-ups gave the same values. */
export interface ClusterSet {
  readonly scope: 'keys';
  readonly keys: readonly ClusterKey[];
}

export interface ResolvedCustomization extends Omit<Customization, 'clusters'> {
  readonly clusters: ClusterFilter | ClusterSet | null;
}

export interface ResolvedResource extends Omit<GenericResource, 'customizations'> {
  readonly customizations: readonly ResolvedCustomization[];
}

export interface ResolvedRequest extends Omit<CustomiseRequest, 'resources' | 'lookUps'> {
  readonly resources: readonly ResolvedResource[];
}
