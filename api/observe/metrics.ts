/** Prometheus metrics; routes are templates, so their number is bounded. */
import { performance } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { groupStates } from '#domain/lifecycle.ts';
import type { ApiDeps } from '#api/deps.ts';
import { toRouteLabel } from '#api/engine/endpoint.ts';
import { sendBytes } from '#api/engine/respond.ts';

export interface Metrics {
  readonly count: RequestHandler;
  readonly expose: RequestHandler;
}

export function makeMetrics(deps: ApiDeps): Metrics {
  const registers = [new Registry()] as const;
  const [registry] = registers;
  collectDefaultMetrics({ register: registry, prefix: 'emco_' });
  const labelNames = ['method', 'route', 'status'];
  const requests = new Counter({
    name: 'emco_http_requests_total',
    help: 'Answered requests',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'emco_http_request_duration_seconds',
    help: 'Time until the answer was sent',
    labelNames,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  addBuild(registry, deps);
  addGroups(registry, deps);
  return {
    count: (request, response, next) => {
      const begin = performance.now();
      response.on('finish', () => {
        const labels = {
          method: request.method,
          route: toRouteLabel(request, response),
          status: String(response.statusCode),
        };
        requests.inc(labels);
        seconds.observe(labels, (performance.now() - begin) / 1000);
      });
      next();
    },
    expose: async (_request, response) => {
      sendBytes(response.status(200), registry.contentType, Buffer.from(await registry.metrics()));
    },
  };
}

/** EMCO's own metric of that name. */
function addBuild(registry: Registry, deps: ApiDeps): void {
  const build = new Gauge({
    name: 'emco_build',
    help: 'Always 1; the labels tell the build',
    labelNames: ['component', 'version', 'revision'],
    registers: [registry],
  });
  build.set({ component: 'api', version: deps.version ?? 'unknown', revision: '' }, 1);
}

function addGroups(registry: Registry, deps: ApiDeps): void {
  const gauge: Gauge<'state'> = new Gauge({
    name: 'emco_groups',
    help: 'Deployment intent groups by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const byState = Map.groupBy(await deps.store.groups.list(), (group) => group.state);
      for (const state of groupStates) gauge.set({ state }, byState.get(state)?.length ?? 0);
    },
  });
}
