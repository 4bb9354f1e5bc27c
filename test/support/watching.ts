/** Runs a cluster watcher in a test and remembers what it says. */
import { createHash } from 'node:crypto';
import type { ClusterKey } from '#domain/group.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { toIdentity } from '#domain/manifest.ts';
import type { ExpectedApp } from '#domain/ports/plugins.ts';
import type { Observation } from '#domain/status.ts';
import { waitUntil } from '#lab/process/index.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { makeHealthExpressions } from '#plugins/health/cel/index.ts';
import { makeClusterWatcher } from '#plugins/status/kubernetes/index.ts';
import type { WatcherDeps } from '#plugins/status/kubernetes/index.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Watching {
  /** In the order in which they were reported. */
  readonly reports: readonly Observation[];
  readonly batches: readonly { readonly atMs: number; readonly observations: readonly Observation[] }[];
  readonly connectivity: readonly string[];
  readonly expect: (...apps: readonly ExpectedApp[]) => void;
  readonly latest: (app: string) => Observation | undefined;
  /** Waits until the newest observation of an app fits. */
  readonly until: (app: string, fits: (observation: Observation) => boolean, what: string) => Promise<Observation>;
  readonly stop: () => Promise<void>;
}

export interface WatchingOptions {
  readonly cluster: string;
  readonly kubeconfig: string;
  readonly findAgentObject?: WatcherDeps['findAgentObject'];
}

export function startWatching({ cluster, kubeconfig, findAgentObject = () => null }: WatchingOptions): Watching {
  const batches: { atMs: number; observations: readonly Observation[] }[] = [];
  const connectivity: string[] = [];
  let expected: readonly ExpectedApp[] = [];
  let poke = (): void => undefined;
  const controller = new AbortController();
  const watcher = makeClusterWatcher({
    connect: connectApiServer,
    sha256,
    findAgentObject,
    judgeBy: makeHealthExpressions().judge,
    now: Date.now,
    random: Math.random,
    warn: () => undefined,
  });
  const ended = watcher.watch({
    cluster: cluster as ClusterKey, // spelled as a key by the caller
    kubeconfig,
    expected: async () => expected,
    report: async (observations) => void batches.push({ atMs: performance.now(), observations }),
    connectivity: async (state, message) => void connectivity.push(message === '' ? state : `${state}: ${message}`),
    onPoke: (given) => (poke = given),
    signal: controller.signal,
  });
  const latest = (app: string): Observation | undefined =>
    batches.flatMap(({ observations }) => observations).findLast((one) => one.app === app);
  return {
    batches,
    connectivity,
    latest,
    get reports() {
      return batches.flatMap(({ observations }) => observations);
    },
    expect: (...apps) => {
      expected = apps;
      poke();
    },
    until: (app, fits, what) =>
      waitUntil(
        async () => {
          const found = latest(app);
          return found !== undefined && fits(found) ? found : undefined;
        },
        { timeoutMs: 60_000, expected: `an observation of ${app}: ${what}; last ${JSON.stringify(latest(app))}` },
      ),
    stop: async () => {
      controller.abort();
      await ended;
    },
  };
}

export const toExpected = (
  app: Pick<ExpectedApp, 'gid' | 'app' | 'delivery'>,
  ...objects: readonly KubernetesObject[]
): ExpectedApp => ({
  ...app,
  provider: app.delivery === 'git' ? 'fluxcd' : '',
  resources: objects.map(toIdentity),
});

export const isAllCurrent = ({ resources }: Observation): boolean =>
  resources.length > 0 && resources.every((one) => one.status === 'Current');
