import { TemplateError } from './template-error.ts';
import type { Token, TokenType } from './lex.ts';

/** Goes through tokens; knows which variables are declared where it stands. */
export class TokenReader {
  readonly source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #variables: string[] = ['$'];

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new TemplateError(0, 'no tokens');
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  expect(type: TokenType, where: string): Token {
    const token = this.take();
    if (token.type === type) return token;
    throw unexpected(token, where);
  }

  isKeyword(word: string, ahead = 0): boolean {
    const { type, text } = this.peek(ahead);
    return type === 'keyword' && text === word;
  }

  declare(name: string): void {
    this.#variables.push(name);
  }

  isDeclared(name: string): boolean {
    return this.#variables.includes(name);
  }

  /** Reads with variables that are forgotten afterwards; `only` starts with none but `$`. */
  scoped<T>(read: () => T, start: 'inherit' | 'only' = 'inherit'): T {
    const before = this.#variables;
    this.#variables = start === 'only' ? ['$'] : [...before];
    const result = read();
    this.#variables = before;
    return result;
  }
}

export const unexpected = ({ type, text, at }: Token, where: string): TemplateError =>
  new TemplateError(
    at,
    type === 'end-of-file' ? `unexpected end of the file in ${where}` : `unexpected ${text} in ${where}`,
  );
