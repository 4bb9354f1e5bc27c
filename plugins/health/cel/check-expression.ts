import { type ASTNode, Environment, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';

/** Characters of one expression. */
const longestExpression = 2000;
const deepestLoops = 3;
const loops = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** Only the members of the object have names; there is no time, no chance and nothing of the process. */
export function makeEnvironment(): Environment {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 300, maxDepth: 32, maxListElements: 32, maxMapEntries: 32, maxCallArguments: 8 },
  });
  for (const name of ['apiVersion', 'kind']) environment.registerVariable(name, 'string');
  for (const name of ['metadata', 'spec', 'status', 'data']) environment.registerVariable(name, 'map');
  return environment;
}

/** What is wrong with an expression, with the column where it is; null when it can be used. */
export function findFault(environment: Environment, expression: string): string | null {
  if (expression.length > longestExpression) {
    return `${expression.length} characters, more than ${longestExpression}`;
  }
  try {
    const program = environment.parse(expression);
    const fault = findForbidden(program.ast, 0);
    if (fault !== null) return fault;
    const { valid, type, error } = program.check();
    if (!valid) return toFault(error);
    return type === 'bool' || type === 'dyn' ? null : `an expression of type ${type ?? 'unknown'}`;
  } catch (error) {
    return toFault(error);
  }
}

function toFault(error: unknown): string {
  const isCel = error instanceof ParseError || error instanceof CelTypeError;
  if (!isCel) return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no CEL';
  const column = error.range === undefined ? '' : ` at column ${error.range.start + 1}`;
  return `${error.summary}${column}`;
}

/** `matches` runs JavaScript's expressions, which can take for ever; loops in loops multiply. */
function findForbidden(node: ASTNode, depth: number): string | null {
  const method = node.op === 'call' || node.op === 'rcall' ? node.args[0] : '';
  if (method === 'matches') return `matches at column ${node.range.start + 1}; use contains, startsWith or endsWith`;
  const inside = depth + (loops.has(method) ? 1 : 0);
  if (inside > deepestLoops) return `loops in loops deeper than ${deepestLoops} at column ${node.range.start + 1}`;
  for (const child of childrenOf(node.args)) {
    const fault = findForbidden(child, inside);
    if (fault !== null) return fault;
  }
  return null;
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'range' in value;
