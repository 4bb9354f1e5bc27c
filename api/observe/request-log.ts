/** One line a request: no bodies, no queries, no headers. */
import { performance } from 'node:perf_hooks';
import type { RequestHandler, Response } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { toRouteLabel } from '#api/engine/endpoint.ts';

export function requestIdOf(response: Response): string {
  const id: unknown = response.locals['requestId'];
  return typeof id === 'string' ? id : '';
}

export const requestLog =
  ({ log, ids }: Pick<ApiDeps, 'log' | 'ids'>): RequestHandler =>
  (request, response, next) => {
    const begin = performance.now();
    const requestId = ids.uuid();
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('finish', () => {
      const ms = Math.round(performance.now() - begin);
      const level = response.statusCode >= 500 ? 'error' : 'info';
      const route = toRouteLabel(request, response);
      log[level]({ event: 'request', requestId, method: request.method, route, status: response.statusCode, ms });
    });
    next();
  };
