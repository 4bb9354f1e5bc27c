import { functionNames } from './functions.ts';
import { toCharacter, toNumber, toQuotedText } from './literals.ts';
import type { Command, Operand, Pipe } from './nodes.ts';
import { TemplateError } from './template-error.ts';
import type { Token } from './lex.ts';
import { unexpected } from './token-reader.ts';
import type { TokenReader } from './token-reader.ts';

/** `$x := a b | c`, up to and with what closes it. */
export function parsePipe(reader: TokenReader, where: string, end: 'close' | 'right' = 'close'): Pipe {
  const { at } = reader.peek();
  const declared = parseDeclarations(reader, where);
  const commands: Command[] = [];
  while (reader.peek().type !== end) {
    commands.push(parseCommand(reader, where));
    const next = reader.peek();
    if (next.type !== 'pipe') continue;
    reader.take();
    if (reader.peek().type === end) throw new TemplateError(next.at, `missing value for ${where}`);
  }
  reader.take();
  if (commands.length === 0) throw new TemplateError(at, `missing value for ${where}`);
  for (const command of commands.slice(1)) {
    const type = command.operands[0]?.type ?? 'dot';
    if (['literal', 'dot', 'nil'].includes(type))
      throw new TemplateError(command.at, `expected a function after |, found ${sourceOf(reader, command.at)}`);
  }
  return { at, ...declared, commands };
}

const sourceOf = ({ source }: TokenReader, at: number): string => source.slice(at, at + 20).split(/[\s|})]/)[0] ?? '';

function parseDeclarations(reader: TokenReader, where: string): Pick<Pipe, 'variables' | 'assigns'> {
  const none = { variables: [], assigns: false };
  const [first, second] = [reader.peek(), reader.peek(1)];
  if (first.type !== 'variable') return none;
  if (second.type === 'comma') {
    if (where !== 'range') throw new TemplateError(second.at, `too many declarations in ${where}`);
    const third = reader.peek(2);
    const sign = reader.peek(3);
    if (third.type !== 'variable' || !isSign(sign))
      throw new TemplateError(third.at, 'range can only declare variables');
    return takeDeclarations(reader, [first, third], sign);
  }
  return isSign(second) ? takeDeclarations(reader, [first], second) : none;
}

const isSign = ({ type }: Token): boolean => type === 'declare' || type === 'assign';

function takeDeclarations(
  reader: TokenReader,
  variables: readonly Token[],
  sign: Token,
): Pick<Pipe, 'variables' | 'assigns'> {
  while (reader.take() !== sign);
  const assigns = sign.type === 'assign';
  for (const { text } of variables) reader.declare(text);
  return { variables: variables.map(({ text }) => text), assigns };
}

function parseCommand(reader: TokenReader, where: string): Command {
  const { at } = reader.peek();
  const operands = [parseOperand(reader, where)];
  while (!['close', 'right', 'pipe'].includes(reader.peek().type)) {
    if (!reader.peek().spaced) throw unexpected(reader.peek(), 'operand');
    operands.push(parseOperand(reader, where));
  }
  return { at, operands };
}

/** A term and the fields that follow it at once. */
function parseOperand(reader: TokenReader, where: string): Operand {
  const term = parseTerm(reader, where);
  const names: string[] = [];
  while (reader.peek().type === 'field' && !reader.peek().spaced) names.push(reader.take().text.slice(1));
  if (names.length === 0) return term;
  switch (term.type) {
    case 'field':
    case 'variable':
      return { ...term, names: [...term.names, ...names] };
    case 'literal':
    case 'dot':
    case 'nil':
      throw new TemplateError(term.at, 'unexpected . after a term');
    case 'function':
    case 'pipe':
    case 'chain':
      return { type: 'chain', at: term.at, of: term, names };
  }
}

function parseTerm(reader: TokenReader, where: string): Operand {
  const { type, text, at } = reader.take();
  if (type === 'dot' || type === 'nil') return { type, at };
  if (type === 'field') return { type, at, names: [text.slice(1)] };
  if (type === 'bool') return { type: 'literal', at, value: text === 'true' };
  if (type === 'number') return { type: 'literal', at, value: toNumber(text, at) };
  if (type === 'character') return { type: 'literal', at, value: toCharacter(text, at) };
  if (type === 'string' || type === 'raw-string') return { type: 'literal', at, value: toText({ type, text, at }) };
  if (type === 'left') return { type: 'pipe', at, pipe: parsePipe(reader, 'parentheses', 'right') };
  if (type === 'variable') {
    if (!reader.isDeclared(text)) throw new TemplateError(at, `undefined variable ${text}`);
    return { type, at, name: text, names: [] };
  }
  if (type === 'function') {
    if (functionNames.has(text)) return { type, at, name: text };
    const known = [...functionNames].sort().join(', ');
    throw new TemplateError(at, `function ${text} is not supported; there are ${known}`);
  }
  throw unexpected({ type, text, at, spaced: false }, where);
}

export const toText = ({ type, text, at }: Pick<Token, 'type' | 'text' | 'at'>): string =>
  type === 'raw-string' ? text.slice(1, -1).replaceAll('\r', '') : toQuotedText(text, at);
