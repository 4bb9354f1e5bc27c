/** The inputs of a plan: everything that the documents say about a group, read at one moment. */
import type { ClusterKey, GroupKey } from './group.ts';
import type { HealthCheck } from './health-check.ts';
import type { JsonObject } from './json.ts';
import type { BlobAddress } from './ports/blobs.ts';

export type OpStatus = 'Deployed' | 'Ready';

export interface AppDependency {
  readonly app: string;
  readonly opStatus: OpStatus;
  readonly waitSeconds: number;
}

export type PlacementTerm =
  | { readonly type: 'cluster'; readonly provider: string; readonly cluster: string }
  | { readonly type: 'label'; readonly provider: string; readonly label: string }
  | { readonly type: 'anyOf'; readonly terms: readonly PlacementTerm[] };

export interface PlacementIntent {
  readonly allOf: readonly PlacementTerm[];
  readonly anyOf: readonly PlacementTerm[];
}

export interface AppInput {
  readonly name: string;
  readonly chart: BlobAddress;
  readonly profile: BlobAddress | null;
  /** `--set` strings of the group for this app. */
  readonly overrideValues: Readonly<Record<string, string>>;
  readonly dependencies: readonly AppDependency[];
  /** Null when no intent names the app. */
  readonly placement: PlacementIntent | null;
}

/** What a cluster's sync objects say, merged; secrets stay in the store and are read where they are used. */
export interface GitopsSettings {
  /** Normalised provider name: `fluxcd`, `azureArcV2`, `anthos`, `argocd`. */
  readonly type: string;
  readonly url: string;
  readonly branch: string;
  /** `refuse` (default) or `plain`; sealing kinds come later. */
  readonly secrets: string;
  /** Everything else of the sync objects that is not secret, by key. */
  readonly settings: Readonly<Record<string, string>>;
  /** Documents that hold the credentials. */
  readonly referenceObject: string;
  readonly resourceObject: string;
}

export interface ClusterInput {
  readonly key: ClusterKey;
  readonly labels: readonly string[];
  /** Null for a cluster that is reached directly. */
  readonly gitops: GitopsSettings | null;
  /** Whether emco holds a kubeconfig for it; without one a Git cluster is done when committed. */
  readonly reachable: boolean;
}

export interface DataFile {
  readonly fileName: string;
  readonly content: BlobAddress;
}

export interface ClusterFilter {
  readonly scope: 'label' | 'name';
  readonly provider: string;
  readonly cluster: string;
  readonly label: string;
  readonly mode: 'allow' | 'deny';
}

export interface Customization {
  readonly name: string;
  /** Null: all clusters of the app. */
  readonly clusters: ClusterFilter | null;
  readonly patchType: '' | 'json' | 'merge';
  readonly patchJson: readonly JsonObject[];
  readonly files: readonly DataFile[];
  /** Data key and merge flag by file name, of configMapOptions or secretOptions, whichever fits the kind. */
  readonly dataKeys: Readonly<Record<string, { readonly keyName: string; readonly mergePatch: boolean }>>;
}

export interface GenericResource {
  readonly intent: string;
  readonly name: string;
  readonly app: string;
  readonly newObject: boolean;
  readonly apiVersion: string;
  readonly kind: string;
  readonly objectName: string;
  readonly template: BlobAddress | null;
  /** In creation order. */
  readonly customizations: readonly Customization[];
}

/** The level 1 logical cloud with whose rights, and no others, a plan is carried out. */
export interface Tenant {
  readonly cloud: GroupKey;
  readonly name: string;
  /** The cloud's first instance id: 19 digits, the same for its life. */
  readonly lcid: string;
}

export interface GroupInputs {
  readonly group: GroupKey;
  /** The group's first instance id: 19 digits, the same for its life. */
  readonly gid: string;
  /** Helm release name: the `version` of the group's document. */
  readonly release: string;
  readonly logicalCloud: {
    readonly name: string;
    readonly level: '0' | '1';
    readonly namespace: string;
    readonly clusters: readonly ClusterKey[];
    /** Level 1 only: the cloud, and the namespaces of its user permissions; an empty one is the whole cluster. */
    readonly rights?: { readonly tenant: Tenant; readonly namespaces: readonly string[] };
  };
  /** Sorted by name. */
  readonly apps: readonly AppInput[];
  /** Of the composite application and the group, the group's first; absent when there are none. */
  readonly healthChecks?: readonly HealthCheck[];
  /** All clusters of the logical cloud and all that an intent names, sorted by key. */
  readonly clusters: readonly ClusterInput[];
  /**
   * Address of the app's resources, a list of `GenericResource` in creation order over all generic-k8s-intents that the group's
   * intents name, by app. Apart, since only one stage reads them and they may be many.
   */
  readonly resources: Readonly<Record<string, BlobAddress>>;
  /** Apps with a patch that has a look-up, sorted. */
  readonly lookUpApps: readonly string[];
}
