import type { ApiServer } from '#domain/ports/api-server.ts';
import type { ClusterWatcher, WatchRequest } from '#domain/ports/plugins.ts';
import { BackOff } from './back-off.ts';
import { Bell } from './bell.ts';
import { ClusterWatch } from './cluster-watch.ts';
import type { WatcherDeps } from './deps.ts';
import { Link } from './link.ts';
import { Outbox } from './outbox.ts';

/**
 * Watches a cluster with one stream per kind for all groups and reports what changed. Ends only when the signal aborts:
 * a cluster that cannot be reached, or whose kubeconfig is not usable, is `Retrying`.
 */
export const makeClusterWatcher = (deps: WatcherDeps): ClusterWatcher => ({
  watch: (request) => watch(deps, request),
});

async function watch(deps: WatcherDeps, request: WatchRequest): Promise<void> {
  const bell = new Bell();
  const outbox = new Outbox(request, deps.sha256);
  const api = await open({ deps, request, outbox });
  if (api === null) return;
  const link = new Link(api, {
    random: deps.random,
    onChange: (connectivity) => {
      outbox.setConnectivity(connectivity);
      bell.ring();
    },
  });
  const clusterWatch = new ClusterWatch({ deps, request, link, bell, outbox });
  await Promise.all([link.keep(request.signal), clusterWatch.run()]);
  api.close();
}

const longestBackOffMs = 60_000;

/** A kubeconfig that is not usable stays so until the watch is started again; null when the signal aborted. */
async function open(watching: { deps: WatcherDeps; request: WatchRequest; outbox: Outbox }): Promise<ApiServer | null> {
  const { deps, request, outbox } = watching;
  const backOff = new BackOff(deps.random, longestBackOffMs);
  while (!request.signal.aborted) {
    try {
      return await deps.connect(request.kubeconfig);
    } catch (error) {
      outbox.setConnectivity({ state: 'Retrying', message: error instanceof Error ? error.message : String(error) });
      await outbox.send([]).catch((problem: unknown) => {
        deps.warn('watch.report-failed', { cluster: request.cluster, error: String(problem) });
      });
      await backOff.wait(request.signal);
    }
  }
  return null;
}
