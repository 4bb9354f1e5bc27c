/** What activities are given; everything is a port. */
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { Sha256 } from '#domain/names.ts';
import type {
  ClusterDeployer,
  ClusterWatcher,
  Customiser,
  GitDeployer,
  GitopsProvider,
  Renderer,
  UserCertificates,
  ToTreeId,
} from '#domain/ports/plugins.ts';
import type { UrlReader } from '#domain/ports/url-reader.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import type { Store } from '#domain/ports/store.ts';
import type { ChangeReference, WriterRepository } from '#domain/steps.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { AppBundles } from './app-bundles.ts';
import type { GroupView } from './group-view.ts';
import type { LastMade } from './last-made.ts';

/** Words that activities send to workflows. A workflow that is gone is ignored, not an error. */
export interface Messenger {
  /** Signal-with-start of the repository's writer. */
  handOver(repository: WriterRepository, change: ChangeReference): Promise<void>;
  committed(
    workflowId: string,
    outcome: { digest: BlobAddress; outcome: 'committed' | 'superseded' | 'failed'; commit: string; message: string },
  ): Promise<void>;
  observed(group: GroupKey, sequence: number): Promise<void>;
  /** Signal-with-start of the group that took over, with the operation that waits for it in the store. */
  migrated(group: GroupKey, operation: { readonly operationId: string; readonly revision: number }): Promise<void>;
  /** Starts or pokes the watch workflows of the clusters' shards. */
  watch(clusters: readonly ClusterKey[]): Promise<void>;
}

export interface ActivityLog {
  info(fields: JsonObject, event: string): void;
  warn(fields: JsonObject, event: string): void;
}

export interface LookUpParts {
  readonly reader: UrlReader;
  /** `host:port` under which documents name this installation; host `*` for any. */
  readonly own: () => readonly string[];
  /** What the last attempts gave, by group: an attempt that follows asks only for the rest. */
  readonly read: LastMade<ReadonlyMap<string, Json>>;
}

export interface ActivityDeps {
  readonly store: Store;
  readonly renderer: Renderer;
  readonly customiser: Customiser;
  readonly lookUps: LookUpParts;
  readonly gitops: readonly GitopsProvider[];
  readonly git: GitDeployer;
  readonly deployer: ClusterDeployer;
  readonly watcher: ClusterWatcher;
  readonly certificates: UserCertificates;
  readonly messenger: Messenger;
  readonly parseYaml: ParseYamlDocuments;
  readonly toYaml: (value: JsonObject) => string;
  /** The one document of a text that `toYaml` made. */
  readonly fromYaml: (text: string) => Json;
  readonly toTreeId: ToTreeId;
  /** Git's object id of a file with this text. */
  readonly toBlobId: (text: string) => string;
  readonly sha256: Sha256;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long after a push the branch is first asked for its head; while nobody pushes it is asked less often. */
  readonly branchPollMs: number;
  /** How long a Helm hook may take. */
  readonly hookTimeoutMs: number;
  /** Bundles of the last operation by group and app. */
  readonly bundled: LastMade<AppBundles>;
  /** What `judge` saw last, by group: for the activity that takes the step which it found, and for what stays the same. */
  readonly viewed: LastMade<GroupView>;
  /** `http://127.0.0.1:9015`: where controllers of one's own reach the API. @throws Failure `tool-missing` when nobody said. */
  readonly apiUrl: () => Promise<string>;
  readonly log: ActivityLog;
}
