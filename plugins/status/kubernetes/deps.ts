import type { ClusterKey } from '#domain/group.ts';
import type { Sha256 } from '#domain/names.ts';
import type { HealthExpressions } from '#domain/ports/plugins.ts';
import type { ConnectApiServer } from '#domain/ports/api-server.ts';

/** The object that makes an agent sync one part of an app, and the content folder that it shall point to. */
export interface AgentObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `deploy/edge+c1/<gid>/web`. */
  readonly folder: string;
}

export type AgentPart = 'main' | 'crds' | 'hooks';

export interface AgentObjectQuery {
  readonly provider: string;
  readonly cluster: ClusterKey;
  readonly gid: string;
  readonly app: string;
  readonly part: AgentPart;
}

export interface WatcherDeps {
  readonly connect: ConnectApiServer;
  readonly sha256: Sha256;
  /** From the GitOps provider of that name; null for one whose objects cannot be watched on the cluster. */
  readonly findAgentObject: (query: AgentObjectQuery) => AgentObject | null;
  /** Health of an object by a user's expressions. */
  readonly judgeBy: HealthExpressions['judge'];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Something that is tried again by itself. */
  readonly warn: (event: string, fields: Readonly<Record<string, string>>) => void;
}
