import { lex } from './lex.ts';
import type { Branch, Node, Template } from './nodes.ts';
import { parsePipe, toText } from './parse-pipe.ts';
import { TemplateError } from './template-error.ts';
import { TokenReader, unexpected } from './token-reader.ts';

interface Context {
  readonly reader: TokenReader;
  readonly definitions: Map<string, readonly Node[]>;
  /** How many `range` are open. */
  readonly ranges: number;
}

/** Reads a template in Go's language. @throws TemplateError */
export function parseTemplate(source: string): Template {
  const reader = new TokenReader(source, lex(source));
  const definitions = new Map<string, readonly Node[]>();
  const context: Context = { reader, definitions, ranges: 0 };
  const root: Node[] = [];
  while (reader.peek().type !== 'end-of-file') {
    if (reader.isKeyword('define', 1)) parseDefinition(context);
    else root.push(parseNode(context));
  }
  return { root, definitions };
}

function parseDefinition(context: Context): void {
  const { reader } = context;
  reader.take();
  reader.take();
  const name = parseName(context, 'define');
  reader.expect('close', 'define');
  define(context, name);
}

function define({ reader, definitions }: Context, { name, at }: { readonly name: string; readonly at: number }): void {
  if (definitions.has(name)) throw new TemplateError(at, `expected one definition of ${name}, found two`);
  const body = reader.scoped(() => parseBody({ reader, definitions, ranges: 0 }, 'define'), 'only');
  takeEnd(reader, 'define');
  definitions.set(name, body);
}

function parseName({ reader }: Context, where: string): { readonly name: string; readonly at: number } {
  const token = reader.take();
  if (token.type !== 'string' && token.type !== 'raw-string') throw unexpected(token, where);
  return { name: toText(token), at: token.at };
}

/** Up to, but not with, the action that ends or divides it. */
function parseBody(context: Context, where: string): readonly Node[] {
  const { reader } = context;
  const nodes: Node[] = [];
  while (!reader.isKeyword('end', 1) && !reader.isKeyword('else', 1)) {
    if (reader.peek().type === 'end-of-file') throw unexpected(reader.peek(), where);
    nodes.push(parseNode(context));
  }
  return nodes;
}

function takeEnd(reader: TokenReader, where: string): void {
  reader.take();
  const token = reader.take();
  if (token.text !== 'end') throw unexpected(token, where);
  reader.expect('close', 'end');
}

function parseNode(context: Context): Node {
  const { reader } = context;
  const token = reader.take();
  if (token.type === 'text') return { type: 'text', text: token.text };
  const next = reader.peek();
  if (next.type !== 'keyword') {
    const pipe = parsePipe(reader, 'action');
    return { type: 'action', pipe, source: toSource(reader, token.at) };
  }
  reader.take();
  switch (next.text) {
    case 'if':
    case 'with':
    case 'range':
      return parseBranch(context, next.text);
    case 'template':
    case 'block':
      return parseTemplateCall(context, next);
    case 'break':
    case 'continue':
      if (context.ranges === 0) throw new TemplateError(next.at, `${next.text} outside range`);
      reader.expect('close', next.text);
      return { type: next.text };
    default:
      throw unexpected(next, 'template');
  }
}

const toSource = ({ source }: TokenReader, at: number): string =>
  source.slice(at, source.indexOf('}}', at) + 2).replaceAll(/\s+/g, ' ');

/** The keyword has been taken. */
function parseBranch(context: Context, type: Branch['type']): Branch {
  const { reader } = context;
  return reader.scoped(() => {
    const pipe = parsePipe(reader, type);
    const body = parseBody({ ...context, ranges: context.ranges + (type === 'range' ? 1 : 0) }, type);
    return { type, pipe, body, otherwise: parseOtherwise(context, type) };
  });
}

function parseOtherwise(context: Context, type: Branch['type']): readonly Node[] {
  const { reader } = context;
  if (!reader.isKeyword('else', 1)) {
    takeEnd(reader, type);
    return [];
  }
  reader.take();
  reader.take();
  if (type !== 'range' && reader.isKeyword(type)) {
    reader.take();
    return [parseBranch(context, type)];
  }
  reader.expect('close', 'else');
  const nodes = parseBody(context, 'else');
  takeEnd(reader, 'else');
  return nodes;
}

function parseTemplateCall(context: Context, { text, at }: { readonly text: string; readonly at: number }): Node {
  const { reader } = context;
  const named = parseName(context, text);
  if (text === 'template' && reader.peek().type === 'close') {
    reader.take();
    return { type: 'template', at, name: named.name, pipe: null };
  }
  const pipe = parsePipe(reader, text);
  if (text === 'block') define(context, named);
  return { type: 'template', at, name: named.name, pipe };
}
