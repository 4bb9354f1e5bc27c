/** One Kubernetes API server, as the adapters that talk to clusters need it. Objects pass through as they are. */
import type { Json, JsonObject } from '#domain/json.ts';

export interface KindRef {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A kind that the API server serves, under a version that it serves. */
export interface ServedKind extends KindRef {
  /** Plural in paths: `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without query: `/apis/apps/v1/namespaces/shop/deployments/web`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Of the body; `application/json` when absent. */
  readonly contentType?: string;
  readonly accept?: string;
  /** Longest wait for the whole answer; 35 s when absent, which includes slow admission webhooks. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What the API server said; a refusal carries its own reason (`NotFound`, `Invalid`) and message. */
export type ApiAnswer =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly status: number; readonly reason: string; readonly message: string };

export interface ApiServer {
  /** `https://host:port`, for messages. */
  readonly origin: string;
  /**
   * One request with a time-out.
   * @throws Failure `cluster-unreachable` when nobody answers, the credentials are not taken (401) or the server is unable
   * (429, 502 and up); the signal's reason when it aborts.
   */
  call(call: ApiCall): Promise<ApiAnswer>;
  /**
   * Reads a stream of JSON lines until the server ends it; `idleMs` without a byte counts as unreachable.
   * @throws as `call` does.
   */
  stream(call: ApiCall, options: { onValue: (value: JsonObject) => void; idleMs: number }): Promise<ApiAnswer>;
  /** The kind in the version wanted, or in the preferred one when the version is empty; null when it is not served. */
  findKind(wanted: KindRef): Promise<ServedKind | null>;
  /** Asks again for kinds: after a CRD was established. */
  forgetKinds(): void;
  /** Closes all connections. */
  close(): void;
}

/** @throws Failure `document-invalid` when the kubeconfig is broken or would run a program or read a file here. */
export type ConnectApiServer = (kubeconfig: string) => Promise<ApiServer>;
