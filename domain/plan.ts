/** A revision is a frozen plan: which bundle on which cluster, in which order. */
import type { ClusterKey, GroupKey } from './group.ts';
import type { HealthCheck } from './health-check.ts';
import type { BundleHook, HookChange } from './hooks.ts';
import type { AppDependency, Tenant } from './inputs.ts';
import type { ManifestFile } from './manifest.ts';
import type { BlobAddress } from './ports/blobs.ts';
import type { TargetPhase } from './status.ts';

/** One cluster chosen for one app, with the reason in a sentence. */
export interface PlacementChoice {
  readonly cluster: ClusterKey;
  readonly reason: string;
}

export interface AppPlacement {
  readonly app: string;
  /** Sorted by cluster key. */
  readonly choices: readonly PlacementChoice[];
  /** What controllers left out or said; absent where nothing is to be said. */
  readonly warnings?: readonly string[];
}

export type Placement = readonly AppPlacement[];

/** The object ids of the Git trees that a bundle's parts have; null for an empty part. */
export interface BundleTrees {
  readonly main: string | null;
  readonly crds: string | null;
}

/** What is stored beside a bundle's bytes, so that nobody has to open it to compare. */
export interface BundleRecord {
  readonly address: BlobAddress;
  readonly trees: BundleTrees;
  /** Identity keys of the objects that the group owns on a cluster, sorted: all but CRDs. */
  readonly identities: readonly string[];
  readonly objectCount: number;
  /** Sorted by path. */
  readonly hooks: readonly BundleHook[];
  readonly hasSecret: boolean;
}

export interface PlanApp {
  readonly app: string;
  /** Topological level of the app in the dependency graph, from 0. */
  readonly wave: number;
  readonly dependencies: readonly AppDependency[];
  readonly warnings: readonly string[];
}

/** How a cluster gets its manifests, decided once per plan. */
export type Delivery =
  | { readonly by: 'git'; readonly provider: string; readonly url: string; readonly branch: string }
  | { readonly by: 'kubernetes' };

export interface PlanTarget {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly bundle: BlobAddress;
  readonly reason: string;
}

/** A controller of one's own that acted: what it was asked and what it answered, by address. */
export interface PlanController {
  readonly controller: string;
  readonly intent: string;
  readonly activity: 'place' | 'customise';
  readonly request: BlobAddress;
  readonly result: BlobAddress;
}

export interface PlanCluster {
  readonly cluster: ClusterKey;
  readonly delivery: Delivery;
  readonly reachable: boolean;
}

/** What look-ups in patch values gave, read once for a plan: a rollback takes it as it was. */
export interface LookUps {
  /** Address of the values by URL; they are nowhere else but in the manifests. */
  readonly digest: BlobAddress;
  readonly urls: number;
}

export interface Plan {
  readonly group: GroupKey;
  readonly gid: string;
  readonly namespace: string;
  readonly release: string;
  /** Address of the inputs that the plan was made from. */
  readonly inputs: BlobAddress;
  /** Null when no patch has a look-up. */
  readonly lookUps: LookUps | null;
  readonly apps: readonly PlanApp[];
  /** How custom resources are judged while this plan is the group's; absent: by kstatus alone. */
  readonly healthChecks?: readonly HealthCheck[];
  readonly clusters: readonly PlanCluster[];
  /** Sorted by app, then cluster. */
  readonly targets: readonly PlanTarget[];
  /** Absent: with the rights that emco itself has on each cluster. */
  readonly tenant?: Tenant;
  /** In the order in which they acted; absent where the group has none of its own. */
  readonly controllers?: readonly PlanController[];
}

/** What the group's workflow and the query `plan` carry: a size that does not depend on the number of clusters. */
export interface PlanSummary {
  readonly digest: BlobAddress;
  readonly waves: number;
  readonly apps: number;
  readonly clusters: number;
  readonly targets: number;
  readonly bundles: number;
  readonly objects: number;
}

/** A declarative change of one repository and branch: these folders and files shall be exactly so. */
export interface ChangeSet {
  readonly group: GroupKey;
  readonly gid: string;
  readonly operationId: string;
  readonly operation: number;
  readonly tick: number;
  readonly revision: number;
  readonly wave: number;
  /** The plan that it carries out; null when the group never had one. */
  readonly plan: BlobAddress | null;
  readonly url: string;
  readonly branch: string;
  /** Commit subject, at most 72 characters. */
  readonly subject: string;
  /** Folders by content: each path shall hold exactly the part of the bundle, or be gone when bundle is null. */
  readonly folders: readonly ChangeFolder[];
  /** Single files: exactly this text, or gone. */
  readonly files: readonly { readonly path: string; readonly text: string | null }[];
  /** The targets that move on when the commit is pushed, and the phase that they get. */
  readonly moves: readonly TargetMove[];
}

export interface TargetMove {
  readonly app: string;
  readonly phase: TargetPhase;
  readonly clusters: readonly ClusterKey[];
  /** What the push makes of the hook under way; `isOnly`: phase and commit stay. */
  readonly hook?: { readonly isOnly: boolean; readonly done?: HookChange; readonly refused?: HookChange };
}

export interface ChangeFolder {
  readonly bundle: BlobAddress | null;
  readonly part: 'main' | 'crds' | 'hooks';
  readonly paths: readonly string[];
}

export type PartFiles = readonly Pick<ManifestFile, 'path' | 'text'>[];
