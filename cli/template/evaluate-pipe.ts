import { findFunction } from './functions.ts';
import type { TemplateFunction } from './functions.ts';
import type { Command, Operand, Pipe } from './nodes.ts';
import { TemplateError } from './template-error.ts';
import { isMap, isTrue, toTypeName } from './value.ts';
import type { Value } from './value.ts';

/** Where an expression is evaluated. The variables' last one of a name counts. */
export interface Scope {
  readonly dot: Value;
  readonly variables: Variable[];
}

export interface Variable {
  readonly name: string;
  value: Value;
}

/** What comes through `|`; null at its start. */
type Piped = { readonly value: Value } | null;

/** The value of a pipeline, after its variables were declared or set. */
export function evaluatePipe({ commands, variables, assigns }: Pipe, scope: Scope): Value {
  let piped: Piped = null;
  // What holds nothing and what is not there are the same from here on.
  for (const command of commands) piped = { value: evaluateCommand(command, scope, piped) ?? undefined };
  const value = piped?.value;
  for (const name of variables) {
    if (assigns) setVariable(scope, name, value);
    else scope.variables.push({ name, value });
  }
  return value;
}

export function setVariable({ variables }: Scope, name: string, value: Value): void {
  const variable = variables.findLast((one) => one.name === name);
  if (variable !== undefined) variable.value = value;
}

function evaluateCommand({ at, operands }: Command, scope: Scope, piped: Piped): Value {
  const [first, ...rest] = operands;
  if (first === undefined) throw new TemplateError(at, 'expected a value, found nothing');
  if (first.type === 'function') return callFunction({ at: first.at, name: first.name, operands: rest, piped }, scope);
  if (first.type === 'nil') throw new TemplateError(at, 'nil is not a value to print');
  if (rest.length > 0 || piped !== null)
    throw new TemplateError(at, 'expected a function to take arguments, found a value');
  return evaluateOperand(first, scope);
}

function evaluateOperand(operand: Operand, scope: Scope): Value {
  const { at } = operand;
  switch (operand.type) {
    case 'dot':
      return scope.dot;
    case 'nil':
      return null;
    case 'literal':
      return operand.value;
    case 'field':
      return readFields(scope.dot, operand.names, at);
    case 'variable':
      return readFields(scope.variables.findLast(({ name }) => name === operand.name)?.value, operand.names, at);
    case 'function':
      return callFunction({ at, name: operand.name, operands: [], piped: null }, scope);
    case 'pipe':
      return evaluatePipe(operand.pipe, scope);
    case 'chain':
      return readFields(evaluateOperand(operand.of, scope), operand.names, at);
  }
}

function readFields(value: Value, names: readonly string[], at: number): Value {
  return names.reduce((of, name) => readField(of, name, at), value);
}

function readField(of: Value, name: string, at: number): Value {
  if (of === undefined) return undefined;
  if (isMap(of)) return of.get(name);
  throw new TemplateError(at, `expected a map to read .${name} of, found ${toTypeName(of)}`);
}

interface Call {
  readonly at: number;
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly piped: Piped;
}

function callFunction({ at, name, operands, piped }: Call, scope: Scope): Value {
  const called = findFunction(name);
  if (called === undefined) throw new TemplateError(at, `function ${name} is not supported`);
  const count = operands.length + (piped === null ? 0 : 1);
  checkCount(called, { at, name, count });
  const values: Value[] = [];
  for (const operand of operands) {
    values.push(evaluateOperand(operand, scope));
    if (called.stopsAt !== undefined && isTrue(values.at(-1)) === called.stopsAt) return values.at(-1);
  }
  if (piped !== null) values.push(piped.value);
  try {
    return called.call(values);
  } catch (error) {
    throw new TemplateError(at, `${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkCount(
  { least, most }: TemplateFunction,
  { at, name, count }: { readonly at: number; readonly name: string; readonly count: number },
): void {
  if (count >= least && (most === null || count <= most)) return;
  const expected = most === null ? `at least ${least}` : least === most ? String(least) : `${least} to ${most}`;
  throw new TemplateError(at, `${name}: expected ${expected} arguments, found ${count}`);
}
