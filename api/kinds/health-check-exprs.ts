/** Flux's `healthCheckExprs` in documents of ours: refused when they are written rather than when a roll-out waits for them. */
import { z } from 'zod';
import type { HealthCheck } from '#domain/health-check.ts';
import { toApiGroup } from '#domain/manifest.ts';
import { isBuiltInGroup } from '#domain/scope.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';

const expression = z.string().min(1).max(2000);

export const healthCheckExprsField = z
  .array(
    z.object({
      apiVersion: z
        .string()
        .max(256)
        .regex(/^[a-z0-9][a-z0-9.-]*\/v[a-z0-9]+$/)
        .describe('`example.org/v1`'),
      kind: z
        .string()
        .max(128)
        .regex(/^[A-Z][A-Za-z0-9]*$/),
      current: expression.describe('CEL over apiVersion, kind, metadata, spec, status and data: the object is well'),
      inProgress: expression.optional().describe('Asked before `current`'),
      failed: expression.optional().describe('Asked first'),
    }),
  )
  .max(50)
  .optional()
  .describe("When a custom resource is well, in Flux's form; every kind once. Absent: its Ready condition says it");

/** As zod infers it: a member that is absent may be undefined. */
interface WrittenCheck {
  readonly apiVersion: string;
  readonly kind: string;
  readonly current: string;
  readonly inProgress?: string | undefined;
  readonly failed?: string | undefined;
}

interface Written {
  readonly deps: Pick<ApiDeps, 'healthExpressions'>;
  readonly body: { readonly spec: { readonly healthCheckExprs?: readonly WrittenCheck[] | undefined } };
}

/** @throws HttpProblem 400 with the column of every mistake */
export async function refuseBadHealthChecks({ deps, body }: Written): Promise<void> {
  const checks = (body.spec.healthCheckExprs ?? []).map(toCheck);
  const problems = [...findBuiltIn(checks), ...findTwice(checks), ...deps.healthExpressions.check(checks)];
  if (problems.length === 0) return;
  const lines = problems.map(({ object, expected, found }) => `${object}: expected ${expected}, found ${found}`);
  throw new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: ['Invalid Input:', ...lines].join('\n'),
    problems,
  });
}

function toCheck({ apiVersion, kind, current, inProgress, failed }: WrittenCheck): HealthCheck {
  const optional = { ...(inProgress === undefined ? {} : { inProgress }), ...(failed === undefined ? {} : { failed }) };
  return { apiVersion, kind, current, ...optional };
}

const toName = ({ apiVersion, kind }: HealthCheck): string => `healthCheckExprs of ${kind} (${apiVersion})`;

const findBuiltIn = (checks: readonly HealthCheck[]) =>
  checks
    .filter(({ apiVersion }) => isBuiltInGroup(toApiGroup(apiVersion)))
    .map((check) => ({ object: toName(check), expected: 'a custom resource', found: 'a kind of Kubernetes itself' }));

function findTwice(checks: readonly HealthCheck[]) {
  const byKind = Map.groupBy(checks, ({ apiVersion, kind }) => `${toApiGroup(apiVersion)}/${kind}`);
  return [...byKind.values()].flatMap(([first, ...others]) =>
    first === undefined || others.length === 0
      ? []
      : [{ object: toName(first), expected: 'once', found: `${others.length + 1} times` }],
  );
}
