import { evaluatePipe, setVariable } from './evaluate-pipe.ts';
import type { Scope, Variable } from './evaluate-pipe.ts';
import type { Branch, Node, Template } from './nodes.ts';
import { printValue } from './print-value.ts';
import { TemplateError } from './template-error.ts';
import { isList, isMap, isTrue, toEntries, toTypeName } from './value.ts';
import type { Value } from './value.ts';

export interface Filled {
  readonly text: string;
  /** The actions that printed `<no value>`, each once. */
  readonly missing: readonly MissingValue[];
}

export interface MissingValue {
  readonly offset: number;
  /** `{{ .Port }}` */
  readonly action: string;
}

/** A call of a template by itself ends there, as in Go. */
const deepest = 1000;

interface Run {
  readonly template: Template;
  readonly out: string[];
  readonly missing: Map<number, MissingValue>;
  readonly depth: number;
}

type Signal = 'next' | 'break' | 'continue';

/** Fills a template as Go's `text/template` does. @throws TemplateError */
export function fill(template: Template, dot: Value): Filled {
  const run: Run = { template, out: [], missing: new Map(), depth: 0 };
  walk(template.root, { dot, variables: [{ name: '$', value: dot }] }, run);
  return { text: run.out.join(''), missing: [...run.missing.values()] };
}

function walk(nodes: readonly Node[], scope: Scope, run: Run): Signal {
  for (const node of nodes) {
    const signal = walkNode(node, scope, run);
    if (signal !== 'next') return signal;
  }
  return 'next';
}

function walkNode(node: Node, scope: Scope, run: Run): Signal {
  switch (node.type) {
    case 'text':
      run.out.push(node.text);
      return 'next';
    case 'action': {
      const value = evaluatePipe(node.pipe, scope);
      if (node.pipe.variables.length > 0) return 'next';
      if (value === undefined) run.missing.set(node.pipe.at, { offset: node.pipe.at, action: node.source });
      run.out.push(value === undefined ? '<no value>' : printValue(value));
      return 'next';
    }
    case 'if':
    case 'with':
    case 'range':
      return walkBranch(node, scope, run);
    case 'template': {
      const dot = node.pipe === null ? undefined : evaluatePipe(node.pipe, scope);
      const body = run.template.definitions.get(node.name);
      if (body === undefined) throw new TemplateError(node.at, `template ${node.name} is not defined`);
      if (run.depth === deepest) throw new TemplateError(node.at, `template ${node.name} calls itself without end`);
      walk(body, { dot, variables: [{ name: '$', value: dot }] }, { ...run, depth: run.depth + 1 });
      return 'next';
    }
    case 'break':
    case 'continue':
      return node.type;
  }
}

function walkBranch(branch: Branch, scope: Scope, run: Run): Signal {
  const mark = scope.variables.length;
  const value = evaluatePipe(branch.pipe, scope);
  const signal =
    branch.type === 'range'
      ? walkRange({ branch, value }, scope, run)
      : isTrue(value)
        ? walk(branch.body, branch.type === 'with' ? { ...scope, dot: value } : scope, run)
        : walk(branch.otherwise, scope, run);
  forget(scope.variables, mark);
  return signal;
}

const forget = (variables: Variable[], mark: number): void => {
  variables.length = mark;
};

function walkRange(
  { branch, value }: { readonly branch: Branch; readonly value: Value },
  scope: Scope,
  run: Run,
): Signal {
  const { pipe, body, otherwise } = branch;
  const mark = scope.variables.length;
  let isEmpty = true;
  for (const [key, element] of toItems(value, branch)) {
    isEmpty = false;
    const [first, second] = pipe.variables;
    if (first !== undefined) setVariable(scope, first, second === undefined ? element : key);
    if (second !== undefined) setVariable(scope, second, element);
    const signal = walk(body, { ...scope, dot: element }, run);
    forget(scope.variables, mark);
    if (signal === 'break') break;
  }
  return isEmpty ? walk(otherwise, scope, run) : 'next';
}

function toItems(value: Value, { pipe }: Branch): Iterable<readonly [Value, Value]> {
  if (value === undefined || value === null) return [];
  if (isList(value)) return value.map((element, index) => [BigInt(index), element] as const);
  if (isMap(value)) return toEntries(value);
  if (typeof value === 'bigint' && pipe.variables.length < 2) return count(value);
  throw new TemplateError(pipe.at, `range: expected a list, a map or a whole number, found ${toTypeName(value)}`);
}

function* count(end: bigint): Generator<readonly [Value, Value]> {
  for (let number = 0n; number < end; number += 1n) yield [number, number];
}
