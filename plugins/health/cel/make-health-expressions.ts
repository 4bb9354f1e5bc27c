import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import type { Problem } from '#domain/failure.ts';
import { type HealthCheck, healthExpressionNames } from '#domain/health-check.ts';
import { failed, inProgress, type Verdict, current } from '#domain/health-fields.ts';
import type { JsonObject } from '#domain/json.ts';
import type { HealthExpressions } from '#domain/ports/plugins.ts';
import { toCelContext } from './cel-value.ts';
import { findFault, makeEnvironment } from './check-expression.ts';

/** Members of an object that one expression may look at: some tens of milliseconds. */
const looksOfOne = 100_000;
/** Compiled expressions that are remembered. */
const remembered = 1000;

/** Health by CEL. Nothing but the object can be seen, and every evaluation ends. */
export function makeHealthExpressions(): HealthExpressions {
  const environment = makeEnvironment();
  const compiled = new Map<string, ParseResult>();
  return {
    check: (checks) => checks.flatMap((check) => checkOne(environment, check)),
    judge: (check, object) => judge((text) => compile(environment, compiled, text), check, object),
  };
}

function checkOne(environment: Environment, check: HealthCheck): readonly Problem[] {
  return healthExpressionNames.flatMap((name) => {
    const text = check[name];
    const fault = text === undefined ? null : findFault(environment, text);
    if (fault === null) return [];
    const object = `healthCheckExprs of ${check.kind} (${check.apiVersion}), ${name}`;
    return [{ object, expected: 'a CEL expression that gives true or false', found: fault }];
  });
}

function compile(environment: Environment, compiled: Map<string, ParseResult>, text: string): ParseResult {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const made = environment.parse(text);
  if (compiled.size >= remembered) compiled.clear();
  compiled.set(text, made);
  return made;
}

/** An expression that cannot be evaluated, such as for want of a member, says nothing yet: the object is on its way. */
function judge(toProgram: (text: string) => ParseResult, check: HealthCheck, object: JsonObject): Verdict {
  const isTrue = (name: 'current' | 'inProgress' | 'failed'): boolean => {
    const text = check[name];
    return text !== undefined && toProgram(text)(toCelContext(object, { left: looksOfOne })) === true;
  };
  const asked = { name: 'failed' };
  try {
    if (isTrue('failed')) return failed('healthCheckExprs: failed is true');
    asked.name = 'inProgress';
    if (isTrue('inProgress')) return inProgress('healthCheckExprs: inProgress is true');
    asked.name = 'current';
    return isTrue('current')
      ? current('healthCheckExprs: current is true')
      : inProgress('healthCheckExprs: current is false');
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no value';
    return inProgress(`healthCheckExprs: ${asked.name}: ${reason.slice(0, 200)}`);
  }
}
