/** Who may call, and what browsers may do with the answers. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpProblem } from '#api/engine/problem.ts';

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Cache-Control', 'no-store');
  next();
};

/** Every call but those to `/livez` needs the token; without a token all are let in. */
export function requireToken(token: string | undefined): RequestHandler {
  const expected = token === undefined ? null : digest(token);
  return (request, _response, next) => {
    if (expected === null || request.path === '/livez') return next();
    const [, found = ''] = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    // Digests have one length, so the comparison takes the same time whatever was sent.
    if (timingSafeEqual(digest(found), expected)) return next();
    throw new HttpProblem({
      status: 401,
      code: 'unauthenticated',
      text: 'Unauthorized',
      problems: [{ object: 'request', expected: 'Authorization: Bearer <token>', found: describe(found) }],
      headers: { 'WWW-Authenticate': found === '' ? 'Bearer' : 'Bearer error="invalid_token"' },
    });
  };
}

const describe = (found: string): string => (found === '' ? 'no token' : 'another token');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
