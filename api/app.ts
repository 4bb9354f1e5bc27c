/** The HTTP API: EMCO's v2 resources, verbs and status, with probes, metrics and its own description. */
import express, { type Express, type Request, type Response, Router } from 'express';
import type { ApiDeps } from './deps.ts';
import { mountKind } from './engine/mount-kind.ts';
import { emcoTexts, HttpProblem, toHttpProblem } from './engine/problem.ts';
import { sendProblem } from './engine/respond.ts';
import { mountEvents } from './events/mount-events.ts';
import { kinds } from './kinds/index.ts';
import { mountNotServed } from './kinds/not-served.ts';
import { makeMetrics } from './observe/metrics.ts';
import { mountProbes } from './observe/probes.ts';
import { requestIdOf, requestLog } from './observe/request-log.ts';
import { requireToken, securityHeaders } from './observe/security.ts';
import { mountDescription } from './openapi/mount-description.ts';
import { mountExchanges } from './exchanges/mount-exchanges.ts';
import { mountGroupVerbs } from './verbs/group-verbs.ts';
import { mountGroupViews } from './verbs/group-views.ts';
import { mountLogicalCloudVerbs } from './clouds/logical-cloud-verbs.ts';
import { mountStatus } from './status/mount-status.ts';

/** @param closing aborts when the server stops: streams end then */
export function makeApp(deps: ApiDeps, closing: AbortSignal): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  const root = makeRoot(deps, closing);
  app.use((request, response) => {
    root(request, response, (error?: unknown) =>
      answerFailure(deps, { error: error ?? routeMissing(), request, response }),
    );
  });
  return app;
}

const routeMissing = (): HttpProblem =>
  new HttpProblem({ status: 404, code: 'route-not-found', text: emcoTexts.routeMissing });

function makeRoot(deps: ApiDeps, closing: AbortSignal): Router {
  const root = Router({ strict: true, caseSensitive: true });
  const metrics = makeMetrics(deps);
  root.use(requestLog(deps), metrics.count, securityHeaders, requireToken(deps.token));
  mountProbes(root, deps);
  root.get('/metrics', metrics.expose);
  mountDescription(root, deps);
  root.use('/v2', makeResources(deps, closing));
  return root;
}

function makeResources(deps: ApiDeps, closing: AbortSignal): Router {
  const router = Router({ strict: true, caseSensitive: true });
  for (const kind of kinds) mountKind(router, kind, deps);
  mountLogicalCloudVerbs(router, deps);
  mountGroupVerbs(router, deps);
  mountGroupViews(router, deps);
  mountStatus(router, deps);
  mountEvents(router, deps, closing);
  mountExchanges(router, deps);
  mountNotServed(router);
  return router;
}

interface FailedCall {
  readonly error: unknown;
  readonly request: Request;
  readonly response: Response;
}

function answerFailure({ log }: ApiDeps, { error, request, response }: FailedCall): void {
  const { problem, unexpected } = toHttpProblem(error);
  if (unexpected) {
    const detail = error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : {};
    log.error({ event: 'unexpected-failure', requestId: requestIdOf(response), ...detail });
  }
  // Half an answer cannot be taken back; ending the connection tells the client.
  if (response.headersSent) response.destroy();
  else sendProblem(request, response, problem);
}
