import type { Request } from 'express';
import type { Actor } from '#domain/ports/documents.ts';

/** Who changes something, for the audit. There are no users yet: whoever has the token, or anybody on this machine. */
export const actorOf = (request: Request): Actor => ({
  name: request.headers.authorization === undefined ? 'api' : 'api-token',
});
