import type { Request } from 'express';
import { HttpProblem } from '#api/engine/problem.ts';

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** The operation's id: the caller's `Idempotency-Key`, so that a repeated request acts once, or a fresh one. */
export function readOperationId(request: Request, fresh: () => string): string {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return fresh();
  // The header's standard form is a quoted string; most clients leave the quotes out.
  const id = (Array.isArray(header) ? header.join() : header).trim().replace(/^"(.*)"$/, '$1');
  if (idPattern.test(id)) return id;
  throw new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: 'Invalid Idempotency-Key',
    problems: [
      {
        object: 'Idempotency-Key',
        expected: '1 to 128 letters, digits and .:_-, beginning with a letter or digit',
        found: JSON.stringify(id.slice(0, 80)),
      },
    ],
  });
}
