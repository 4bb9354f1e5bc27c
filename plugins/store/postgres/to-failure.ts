import { Failure } from '#domain/failure.ts';

/** A unique or foreign key was violated: the outcome of a race, for the caller to name. */
export class ConstraintError extends Failure {
  readonly constraint: string;

  constructor(constraint: string) {
    super('internal', [{ object: 'database', expected: 'no conflict', found: `a violated constraint ${constraint}` }]);
    this.constraint = constraint;
  }
}

/** SQLSTATEs after which the same transaction can simply be run again. */
const conflicts = new Set(['40001', '40P01']);
const constraints = new Set(['23505', '23503', '23001']);
/** Connection trouble of PostgreSQL (08…, 53…, 57P0…, wrong password) and of the socket. */
const unavailable = /^(?:08|53|57P|28|3D)|^E(?:CONNREFUSED|CONNRESET|PIPE|NOTFOUND|HOSTUNREACH|AI_AGAIN|TIMEDOUT)/;
const unavailableMessage = /terminated|timeout|timed out|not queryable|connection error|ended/i;

export const isConflict = (error: unknown): boolean => conflicts.has(readText(error, 'code'));

/** Maps what `pg` throws. SQL and values stay out of the message: they may hold secrets. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = readText(error, 'code');
  if (constraints.has(code)) return new ConstraintError(readText(error, 'constraint'));
  const message = error instanceof Error ? error.message : String(error);
  const isUnavailable = unavailable.test(code) || (code === '' && unavailableMessage.test(message));
  const found = code === '' ? message : `error ${code}: ${message.replace(/"[^"]{80,}"/g, '"…"').slice(0, 200)}`;
  const problem = { object: 'database', expected: 'an answer', found };
  return new Failure(isUnavailable ? 'store-unavailable' : 'internal', [problem]);
}

function readText(error: unknown, member: 'code' | 'constraint'): string {
  if (typeof error !== 'object' || error === null || !(member in error)) return '';
  const value: unknown = Reflect.get(error, member);
  return typeof value === 'string' ? value : '';
}
