/** Wraps handlers: EMCO answers HEAD with 405, and a kind words its own failures. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { Failure } from '#domain/failure.ts';
import type { PathNames } from './kind.ts';
import { type FailureTexts, HttpProblem, toHttpProblem } from './problem.ts';

export type Handler = (request: Request, response: Response) => Promise<void>;

export function endpoint(handler: Handler, texts: FailureTexts = {}): RequestHandler {
  return async (request: Request, response: Response, _next: NextFunction): Promise<void> => {
    noteRoute(request, response);
    if (request.method === 'HEAD') throw methodNotAllowed(['GET']);
    try {
      await handler(request, response);
    } catch (error) {
      throw error instanceof Failure ? toHttpProblem(error, texts).problem : error;
    }
  };
}

/** For `route.all`, after the methods that there are. */
export const refuseMethods =
  (allowed: readonly string[]): RequestHandler =>
  (request, response) => {
    noteRoute(request, response);
    throw methodNotAllowed(allowed);
  };

const methodNotAllowed = (allowed: readonly string[]): HttpProblem =>
  new HttpProblem({
    status: 405,
    code: 'method-not-allowed',
    text: 'Method Not Allowed',
    headers: { Allow: allowed.join(', ') },
  });

/** Parameters of the path; a route of ours has no repeated ones. */
export const namesOf = (request: Request): PathNames =>
  Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [name, typeof value === 'string' ? value : value.join('/')]),
  );

/** Kept with the answer: Express forgets the base of a route when it fails. */
function noteRoute(request: Request, response: Response): void {
  response.locals['route'] = `${request.baseUrl}${pathOf(request)}`;
}

function pathOf(request: Request): string {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : '';
}

/** The template of the route that answered, for logs and metrics; everything unknown is one label. */
export function toRouteLabel(request: Request, response: Response): string {
  const noted: unknown = response.locals['route'];
  const label = typeof noted === 'string' ? noted : pathOf(request);
  return label === '' ? 'none' : label;
}
