import { TemplateError } from './template-error.ts';

export type TokenType =
  | 'text'
  | 'open'
  | 'close'
  | 'end-of-file'
  | 'keyword'
  | 'function'
  | 'dot'
  | 'field'
  | 'variable'
  | 'bool'
  | 'nil'
  | 'number'
  | 'character'
  | 'string'
  | 'raw-string'
  | 'declare'
  | 'assign'
  | 'comma'
  | 'pipe'
  | 'left'
  | 'right';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly at: number;
  /** White space stands before it. */
  readonly spaced: boolean;
}

const keywords = new Set('block break continue define else end if range template with'.split(' '));

/** One pattern a token; the first that fits wins. What ends a word is checked apart. */
const patterns: readonly (readonly [TokenType, RegExp])[] = [
  ['declare', /:=/y],
  ['assign', /=/y],
  ['comma', /,/y],
  ['pipe', /\|/y],
  ['left', /\(/y],
  ['right', /\)/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"/y],
  ['raw-string', /`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\[^\n])*'/y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['number', /[+-]?(?:\d|\.\d)[\p{L}\p{Nd}_.]*(?:(?<=[\deEpP_][eEpP])[+-]\d+)?/uy],
  ['field', /\.[\p{L}\p{Nd}_]+/uy],
  ['dot', /\./y],
  ['function', /[\p{L}\p{Nd}_]+/uy],
];

/** Words must end before one of these or a closing delimiter. */
const words: ReadonlySet<TokenType> = new Set(['variable', 'field', 'dot', 'function']);

/** Cuts a template into texts and the parts of its actions. @throws TemplateError */
export function lex(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trims = false;
  for (;;) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    pushText(tokens, { text: source.slice(at, end), at, trimsLeft: trims, trimsRight: isTrimmed(source, end) });
    if (open < 0) break;
    const action = lexAction(source, open, tokens);
    at = action.at;
    trims = action.trims;
  }
  tokens.push({ type: 'end-of-file', text: '', at: source.length, spaced: false });
  return tokens;
}

interface Text {
  readonly text: string;
  readonly at: number;
  readonly trimsLeft: boolean;
  readonly trimsRight: boolean;
}

function pushText(tokens: Token[], { text, at, trimsLeft, trimsRight }: Text): void {
  const left = trimsLeft ? text.replace(/^[ \t\r\n]+/, '') : text;
  const kept = trimsRight ? left.replace(/[ \t\r\n]+$/, '') : left;
  if (kept !== '') tokens.push({ type: 'text', text: kept, at, spaced: false });
}

interface ActionEnd {
  readonly at: number;
  /** The space after it goes. */
  readonly trims: boolean;
}

const closing = /([ \t\r\n]-)?\}\}/y;

/** Whether the action that opens here takes the space before it. */
const isTrimmed = (source: string, open: number): boolean => /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4));

function lexAction(source: string, open: number, tokens: Token[]): ActionEnd {
  const start = open + (isTrimmed(source, open) ? 4 : 2);
  if (source.startsWith('/*', start)) return skipComment(source, open);
  tokens.push({ type: 'open', text: '{{', at: open, spaced: false });
  let at = start;
  let depth = 0;
  for (;;) {
    const close = matchAt(closing, source, at);
    if (close !== null) {
      if (depth > 0) throw new TemplateError(at, 'unclosed left parenthesis');
      tokens.push({ type: 'close', text: '}}', at, spaced: false });
      return { at: at + close.length, trims: close.length > 2 };
    }
    const space = matchAt(/[ \t\r\n]/y, source, at);
    if (space !== null) {
      at += 1;
      continue;
    }
    const token = lexToken(source, at, /[ \t\r\n]/.test(source[at - 1] ?? ''));
    depth += token.type === 'left' ? 1 : token.type === 'right' ? -1 : 0;
    if (depth < 0) throw new TemplateError(at, 'unexpected right parenthesis');
    tokens.push(token);
    at += token.text.length;
  }
}

function skipComment(source: string, open: number): ActionEnd {
  const begin = source.indexOf('/*', open);
  const end = source.indexOf('*/', begin + 2);
  if (end < 0) throw new TemplateError(open, 'unclosed comment');
  const close = matchAt(closing, source, end + 2);
  if (close === null) throw new TemplateError(open, 'comment ends before the closing delimiter');
  return { at: end + 2 + close.length, trims: close.length > 2 };
}

function lexToken(source: string, at: number, spaced: boolean): Token {
  if (at >= source.length) throw new TemplateError(at, 'unclosed action');
  for (const [type, pattern] of patterns) {
    const text = matchAt(pattern, source, at);
    if (text === null) continue;
    if (words.has(type)) checkEnd(source, at + text.length);
    return { type: type === 'function' ? toWordType(text) : type, text, at, spaced };
  }
  const found = source[at] ?? '';
  if ('"`\''.includes(found)) throw new TemplateError(at, `unterminated ${found === "'" ? 'character' : 'string'}`);
  throw new TemplateError(at, `unexpected ${JSON.stringify(found)} in an action`);
}

function toWordType(word: string): TokenType {
  if (keywords.has(word)) return 'keyword';
  if (word === 'nil') return 'nil';
  return word === 'true' || word === 'false' ? 'bool' : 'function';
}

function checkEnd(source: string, at: number): void {
  const next = source[at];
  if (next === undefined || /[ \t\r\n.,|:()]/.test(next) || source.startsWith('}}', at)) return;
  throw new TemplateError(at, `unexpected ${JSON.stringify(next)} after a word`);
}

function matchAt(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}
