import { Failure } from '#domain/failure.ts';
import type { Problem } from '#domain/failure.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ApiAnswer } from '#domain/ports/api-server.ts';
import type { Session } from './session.ts';

export type Refusal = Extract<ApiAnswer, { ok: false }>;

const longestMessage = 600;
const mostProblems = 20;

/** `Deployment shop/web`. */
export function toObjectTitle(object: KubernetesObject): string {
  const { name, namespace = '' } = object.metadata;
  return namespace === '' ? `${object.kind} ${name}` : `${object.kind} ${namespace}/${name}`;
}

/** Why the API server does not take an object, in its own words. @throws Failure `cluster-unreachable` for an outage. */
export function toProblem(session: Pick<Session, 'subject'>, object: KubernetesObject, refusal: Refusal): Problem {
  if (isBreakdown(refusal)) {
    throw new Failure('cluster-unreachable', [
      { object: toObjectTitle(object), expected: 'an API server that works', found: toFinding(object, refusal) },
    ]);
  }
  const isImmutable = /immutable|forbidden: updates to/i.test(refusal.message);
  const expected = isImmutable
    ? 'no change of an immutable field (delete the object first, or give it another name)'
    : toExpected(session, refusal, 'the API server to take it');
  return { object: toObjectTitle(object), expected, found: toFinding(object, refusal) };
}

/** No right to do it, as opposed to a quota or an admission webhook that forbids what is allowed. */
export const isUnauthorised = ({ status, message }: Refusal): boolean =>
  status === 403 && /cannot \S+ resource|attempting to grant RBAC permissions/.test(message);

/** What was expected of the API server; a tenant learns whose rights did not suffice. */
export function toExpected({ subject }: Pick<Session, 'subject'>, refusal: Refusal, otherwise: string): string {
  if (subject.tenant === undefined || !isUnauthorised(refusal)) return otherwise;
  return `to be allowed by the user permissions of ${subject.tenant.title}`;
}

/** A 500 is the server's own trouble (a webhook that does not answer) unless it could not read the object. */
const isBreakdown = ({ status, message }: Refusal): boolean =>
  status === 500 &&
  !/typed patch object|not declared in schema|convert (new|patched) object|unmarshal|illegal base64|cannot parse/i.test(
    message,
  );

/** The server quotes values; those of a Secret stay there. */
function toFinding(object: KubernetesObject, { status, reason, message }: Refusal): string {
  if (object.kind === 'Secret')
    return `${status} ${reason || 'refused'} (the message is withheld, since it can quote the Secret)`;
  if (message.length <= longestMessage) return message;
  // Between the field and the complaint stands the whole value.
  return `${message.slice(0, longestMessage / 2)} … ${message.slice(-longestMessage / 2)}`;
}

export function refuse(problems: readonly Problem[]): Failure {
  const more = problems.length - mostProblems;
  const shown = problems.slice(0, mostProblems);
  if (more <= 0) return new Failure('object-refused', shown);
  return new Failure('object-refused', [
    ...shown,
    { object: 'the app', expected: 'no problems', found: `${more} more` },
  ]);
}
