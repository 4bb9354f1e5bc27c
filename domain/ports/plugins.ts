/** The interfaces of the plugin kinds. Plain data in and out. */
import type { Problem } from '#domain/failure.ts';
import type { ClusterKey } from '#domain/group.ts';
import type { HealthCheck } from '#domain/health-check.ts';
import type { HookRun } from '#domain/hooks.ts';
import type { ClusterInput, GenericResource, GitopsSettings } from '#domain/inputs.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { Bundle, KubernetesObject, ObjectIdentity, RenderedApp } from '#domain/manifest.ts';
import type { ChangeSet, PartFiles } from '#domain/plan.ts';
import type { Observation, ResourceHealth } from '#domain/status.ts';
import type { BlobAddress } from './blobs.ts';

declare global {
  /** Node's own; named here so that domain needs no library. */
  interface AbortSignal {
    readonly aborted: boolean;
  }
}

export interface RenderRequest {
  readonly app: string;
  /** Bytes of the chart tgz. */
  readonly chart: Uint8Array;
  /** Bytes of the profile tgz, or null. */
  readonly profile: Uint8Array | null;
  readonly overrideValues: Readonly<Record<string, string>>;
  readonly release: string;
  readonly namespace: string;
}

export interface Renderer {
  /** Changes whenever the same request could give another result (version of the tool). Part of the cache key. */
  readonly fingerprint: string;
  /** @throws Failure `render-failed` with the tool's message and the file, `tool-missing`, `timed-out`. */
  render(request: RenderRequest, signal: AbortSignal): Promise<RenderedApp>;
}

/** Clusters that get the same objects. */
export interface Variant {
  readonly clusters: readonly ClusterKey[];
  readonly objects: readonly KubernetesObject[];
}

export interface CustomiseRequest {
  readonly app: string;
  readonly objects: readonly KubernetesObject[];
  readonly clusters: readonly ClusterInput[];
  /** Resources of this app only, in creation order. */
  readonly resources: readonly GenericResource[];
  /** Bytes of every template and data file that the resources name. */
  readonly files: ReadonlyMap<BlobAddress, Uint8Array>;
  /** What the URLs of `lookUps` gave. */
  readonly lookUps: ReadonlyMap<string, Json>;
}

/** A URL that a patch value asks for, placeholders filled in. */
export interface LookUp {
  readonly url: string;
  /** Who asks first: `customization c of resource r (ConfigMap cm)`. */
  readonly object: string;
}

export interface Customiser {
  /** Name under which a group's intents call it. */
  readonly name: string;
  /** Pure. Every URL that these resources need on these clusters, once. */
  lookUps(request: Pick<CustomiseRequest, 'clusters' | 'resources'>): readonly LookUp[];
  /** Pure. Every cluster of the request is in exactly one variant; variants in order of their first cluster. */
  customise(request: CustomiseRequest): { readonly variants: readonly Variant[]; readonly warnings: readonly string[] };
}

/** What of one group a cluster shall run now, wave by wave. */
export interface AgentApp {
  readonly app: string;
  readonly hasMain: boolean;
  readonly hasCrds: boolean;
  /** A hook of it runs or waits to be cleared. */
  readonly hasHooks: boolean;
}

export interface AgentRequest {
  readonly gid: string;
  readonly cluster: ClusterKey;
  readonly namespace: string;
  readonly settings: GitopsSettings;
  readonly apps: readonly AgentApp[];
  /** Id of the level 1 cloud by whose service account the agent shall apply; absent: with the agent's own rights. */
  readonly tenant?: string;
}

/** Where a GitOps agent expects content and which objects make it sync. Pure. */
export interface GitopsProvider {
  /** Canonical name, such as `fluxcd`. */
  readonly name: string;
  /** EMCO's names for it. */
  readonly aliases: readonly string[];
  /** Annotations by which the agent knows an object that it must not delete. */
  readonly keepAnnotations: Readonly<Record<string, string>>;
  /** Values of the sync key `secrets` that it can do. */
  readonly secretsModes: readonly string[];
  /** Folder of a part of an app: `deploy/edge+c1/<gid>/web`. */
  folder(request: { gid: string; cluster: ClusterKey; app: string; part: 'main' | 'crds' | 'hooks' }): string;
  /** Files with agent objects for all `apps`, and null for files that must be gone (no app left). */
  agentFiles(request: AgentRequest): readonly { readonly path: string; readonly text: string | null }[];
  /** Files that are written once per cluster with its first content: the marker. */
  markerFiles(cluster: ClusterKey): readonly { readonly path: string; readonly text: string }[];
  /** The service account of a level 1 cloud, by its id; absent where the agent cannot apply by one. */
  tenantAccount?(lcid: string): { readonly namespace: string; readonly name: string };
  /** The agent object of one app, for the content fence and for confirming that it is gone. */
  agentObject(
    gid: string,
    app: string,
    part: 'main' | 'crds' | 'hooks',
  ): { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string };
}

export interface GitCredentials {
  readonly userName: string;
  readonly token: string;
}

export interface GitChange {
  readonly digest: BlobAddress;
  readonly change: ChangeSet;
  /** Lines `Key: value` for the end of the commit message. */
  readonly trailers: readonly string[];
}

export type GitOutcome =
  | {
      readonly digest: BlobAddress;
      readonly state: 'committed';
      readonly commit: string;
      readonly tree: string;
      readonly filesWritten: number;
    }
  | { readonly digest: BlobAddress; readonly state: 'failed'; readonly message: string };

export interface GitBatchResult {
  readonly outcomes: readonly GitOutcome[];
  readonly head: string;
  /** Commits since `knownHead` that are not ours, newest first, at most 20. */
  readonly foreign: readonly { readonly commit: string; readonly author: string; readonly subject: string }[];
  /** The known head is no ancestor of the tip found: the branch was rewritten. */
  readonly rewritten: boolean;
  readonly pushes: number;
}

export interface GitBatch {
  readonly url: string;
  readonly branch: string;
  readonly credentials: GitCredentials;
  /** Head after our last push, or null. */
  readonly knownHead: string | null;
  readonly changes: readonly GitChange[];
  /** Reads the parts of bundles; each bundle is asked for once per batch. */
  readonly loadParts: (bundles: readonly BlobAddress[]) => Promise<ReadonlyMap<BlobAddress, Bundle>>;
  /** Called between changes; throws when the work shall stop. */
  readonly heartbeat: () => void;
}

/** Writes and reads one Git repository over HTTP(S) or file, on a bare mirror without a work tree. */
export interface GitDeployer {
  /**
   * One commit per change that changes anything, in one stream, and one push; compare-and-swap with rebuild on a foreign
   * commit. A change that can't be built is answered `failed` alone.
   * @throws Failure `git-unreachable` (retryable), `git-refused` (authentication, protected branch).
   */
  write(batch: GitBatch): Promise<GitBatchResult>;
  /** Object ids of folders and files at a commit (null: absent), fetching when the commit is unknown. */
  treesAt(repo: GitRepository, commit: string, folders: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** What others did on the branch since a head that we know; fetches. */
  foreignSince(repo: GitRepository, knownHead: string): Promise<Pick<GitBatchResult, 'foreign' | 'rewritten'>>;
  /** The remote's head of the branch, null when it does not exist. */
  remoteHead(repo: GitRepository): Promise<string | null>;
}

export interface GitRepository {
  readonly url: string;
  readonly branch: string;
  readonly credentials: GitCredentials;
}

/** Git's object id of a flat folder with these files, so that plans and agents can be compared. */
export type ToTreeId = (files: PartFiles) => string;

/** Somebody with whose rights, and no others, objects are tried, applied, listed and deleted. */
export interface ApplyTenant {
  readonly kubeconfig: string;
  /** For messages: `logical cloud shop on cluster edge+c1`. */
  readonly title: string;
}

export interface ApplyRequest {
  /** Emco's own. With a tenant it serves the inventory alone. */
  readonly kubeconfig: string;
  readonly tenant?: ApplyTenant;
  /** A namespace that stands and is not the app's is refused rather than taken over: it would go with the app. */
  readonly leavesForeignNamespaces?: boolean;
  readonly gid: string;
  readonly app: string;
  readonly namespace: string;
  readonly operation: number;
  /** Address of the bundle, written to the inventory as the applied revision. */
  readonly bundle: BlobAddress;
  readonly content: Bundle;
  readonly heartbeat: () => void;
  readonly signal: AbortSignal;
}

export interface HookRequest extends Omit<ApplyRequest, 'bundle' | 'content'> {
  readonly crds: Bundle['crds'];
  readonly hook: HookRun;
}

/** Applies to one cluster directly: server-side apply, ApplySet inventory, prune. */
export interface ClusterDeployer {
  /** @throws Failure `cluster-unreachable` (retryable), `object-refused` (the API server's message), `operation-superseded`. */
  apply(request: ApplyRequest): Promise<{ readonly applied: number; readonly pruned: number }>;
  /** Deletes all objects of the app by inventory, CRDs excepted; waits until they are gone or throws `timed-out`. */
  remove(request: Omit<ApplyRequest, 'bundle' | 'content'>): Promise<{ readonly pruned: number }>;
  /**
   * Applies CRDs and makes the hook's object: what runs to an end is deleted first if an earlier run made it, and left
   * alone if this run did. Does not wait for the end. @throws Failure as `apply`
   */
  runHook(request: HookRequest): Promise<void>;
  /** Deletes the object if this run made it. @throws Failure `cluster-unreachable` (retryable), `object-refused` */
  removeHook(request: HookRequest): Promise<void>;
}

export interface CertificateRequest {
  /** Of somebody who may create and approve certificate signing requests. */
  readonly kubeconfig: string;
  /** Of the CertificateSigningRequest; one that stands under it is replaced. */
  readonly name: string;
  /** Common name. */
  readonly user: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  readonly signal: AbortSignal;
}

/** Client certificates by a cluster's own signer. */
export interface UserCertificates {
  /** A fresh private key: PEM, PKCS#8. */
  makeKey(): Promise<string>;
  /**
   * Requests, approves and fetches; times are RFC 3339.
   * @throws Failure `object-refused` when the cluster refuses, the signer fails, or none signs in time; `cluster-unreachable`.
   */
  issue(request: CertificateRequest): Promise<{
    readonly certificate: string;
    readonly notBefore: string;
    readonly notAfter: string;
  }>;
}

export interface WatchRequest {
  readonly cluster: ClusterKey;
  readonly kubeconfig: string;
  /** What to look for; asked again when poked, when an agent applied something, and every half minute. */
  readonly expected: () => Promise<readonly ExpectedApp[]>;
  /** Called with what changed, at most once a second. */
  readonly report: (observations: readonly Observation[]) => Promise<void>;
  readonly connectivity: (state: 'Available' | 'Retrying', message: string) => Promise<void>;
  /** Takes the function that makes the watcher ask `expected` again at once. */
  readonly onPoke?: (poke: () => void) => void;
  readonly signal: AbortSignal;
}

export interface ExpectedApp {
  readonly gid: string;
  readonly app: string;
  readonly delivery: 'git' | 'kubernetes';
  /** Provider name for Git deliveries, empty otherwise. */
  readonly provider: string;
  /** Identities of the objects that shall be there. */
  readonly resources: readonly ObjectIdentity[];
  /** What the hook that runs, or is to go, makes; absent when none is there. */
  readonly hooks?: readonly ObjectIdentity[];
  /** Of the newest plan; absent: the rules of kstatus for all kinds. */
  readonly healthChecks?: readonly HealthCheck[];
}

/** Judges custom resources by expressions of users. */
export interface HealthExpressions {
  /** What is wrong with the expressions; empty when all can be used. */
  readonly check: (checks: readonly HealthCheck[]) => readonly Problem[];
  /** Never throws and always ends: an expression that has no value says that the object is on its way. */
  readonly judge: (check: HealthCheck, object: JsonObject) => Pick<ResourceHealth, 'status' | 'message'>;
}

/** One watch per cluster and kind for all groups; ends when the signal aborts. */
export interface ClusterWatcher {
  watch(request: WatchRequest): Promise<void>;
}
