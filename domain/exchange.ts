/**
 * What emco and a controller of one's own tell each other. The call travels through Temporal and has a fixed size; the
 * request and the result, which grow with clusters and manifests, go through an address of emco's API.
 */
import { type Result, refused, success } from './failure.ts';
import type { ControllerActivity } from './controllers.ts';
import { type ClusterKey, type GroupKey, toGroupRef } from './group.ts';
import type { KubernetesObject } from './manifest.ts';
import type { OperationKind } from './operation.ts';
import type { BlobAddress } from './ports/blobs.ts';

export const exchangeVersion = 'controllers.emco/v1';

export interface ExchangeGroup {
  readonly project: string;
  readonly compositeApp: string;
  readonly compositeAppVersion: string;
  readonly deploymentIntentGroup: string;
}

/** Who is asked, for which group's plan, by which operation; in a migration the operation is the source's. */
export interface ExchangeHead {
  readonly apiVersion: typeof exchangeVersion;
  readonly controller: string;
  readonly intent: string;
  readonly group: ExchangeGroup;
  readonly operation: { readonly id: string; readonly number: number; readonly kind: OperationKind };
  readonly revision: number;
}

/** Input of the activities `place` and `customise`. */
export interface ControllerInput extends ExchangeHead {
  readonly kind: 'ControllerCall';
  /** `GET <exchange>/request`, `PUT <exchange>/result`. */
  readonly exchange: string;
}

export interface ExchangeCluster {
  /** `provider+cluster`. */
  readonly cluster: ClusterKey;
  readonly labels: readonly string[];
  /** Values by name of the kv-pairs document and key. */
  readonly kv: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface RequestBody extends ExchangeHead {
  readonly logicalCloud: { readonly name: string; readonly namespace: string };
  /** Those that the apps name, sorted. */
  readonly clusters: readonly ExchangeCluster[];
}

export interface PlaceRequest extends RequestBody {
  readonly kind: 'PlaceRequest';
  readonly apps: readonly {
    readonly app: string;
    /** Every one of them gets the app unless a controller leaves it out. */
    readonly allOf: readonly ClusterKey[];
    /** Of each group one gets the app; the first by key where controllers leave more. */
    readonly anyOf: readonly (readonly ClusterKey[])[];
  }[];
}

export interface ResultWarning {
  readonly app: string;
  readonly warning: string;
}

export interface PlaceResult {
  readonly apiVersion: typeof exchangeVersion;
  readonly kind: 'PlaceResult';
  /** The clusters that remain, with reasons; an app that is left out stays as it is. */
  readonly apps: readonly {
    readonly app: string;
    readonly clusters: readonly { readonly cluster: string; readonly reason: string }[];
  }[];
  readonly warnings?: readonly ResultWarning[] | undefined;
}

export interface CustomiseRequest extends RequestBody {
  readonly kind: 'CustomiseRequest';
  readonly release: string;
  /** Every distinct object once. */
  readonly objects: readonly KubernetesObject[];
  readonly apps: readonly {
    readonly app: string;
    /** Clusters with the same objects; `objects` are places in the list above. */
    readonly variants: readonly { readonly clusters: readonly ClusterKey[]; readonly objects: readonly number[] }[];
  }[];
}

/** What identifies an object; no namespace means the logical cloud's. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface ManifestChange {
  readonly app: string;
  /** Absent: all clusters of the app. */
  readonly clusters?: readonly string[] | undefined;
  /** Each takes the place of the object of its kind, namespace and name, or is added. */
  readonly put?: readonly KubernetesObject[] | undefined;
  readonly remove?: readonly ObjectReference[] | undefined;
}

export interface CustomiseResult {
  readonly apiVersion: typeof exchangeVersion;
  readonly kind: 'CustomiseResult';
  /** In order; whatever no change names stays as it is. */
  readonly changes: readonly ManifestChange[];
  readonly warnings?: readonly ResultWarning[] | undefined;
}

export type ExchangeRequest = PlaceRequest | CustomiseRequest;

export function toExchangeGroup(group: GroupKey): ExchangeGroup {
  const { project, compositeApp, version, group: deploymentIntentGroup } = toGroupRef(group);
  return { project, compositeApp, compositeAppVersion: version, deploymentIntentGroup };
}

const longestFinding = 100;

/** What the activity gave back: `{"digest": "<64 hex digits>"}`, as the PUT of the result answered. */
export function parseControllerAnswer(activity: ControllerActivity, answer: unknown): Result<BlobAddress> {
  const digest = typeof answer === 'object' && answer !== null && 'digest' in answer ? answer.digest : undefined;
  // An address of 64 hex digits is what a blob address is; whether it was put is asked later.
  if (typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest)) return success(digest as BlobAddress);
  const found = digest === undefined ? 'no digest' : (JSON.stringify(digest) ?? 'none').slice(0, longestFinding);
  const expected = '{"digest": …}, the answer to the PUT of its result';
  return refused('document-invalid', [{ object: `activity ${activity}`, expected, found }]);
}
