/** A JSON reader for strangers: bounded depth, no key twice, no `__proto__`. Its refusals read as EMCO's do. */
import type { Json } from '#domain/json.ts';

export const deepestJson = 64;

export class JsonRefusal extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'JsonRefusal';
    this.offset = offset;
  }
}

/** @throws JsonRefusal with EMCO's text where EMCO has one */
export function readJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

const literals: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Owns the position in the text. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    this.#skipBlanks();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth + 1);
    if (first === '[') return this.#array(depth + 1);
    if (first === '"') return this.#string();
    if (first !== undefined && /[-0-9]/.test(first)) return this.#number();
    for (const [literal, value] of literals) {
      if (first === literal[0]) return this.#literal(literal, value);
    }
    throw this.#refuse('looking for beginning of value');
  }

  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#refuse('after top-level value');
  }

  #object(depth: number): Json {
    this.#checkDepth(depth);
    const members: Record<string, Json> = {};
    const seen = new Set<string>();
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take('}')) return members;
    for (;;) {
      this.#skipBlanks();
      if (this.#text[this.#at] !== '"') throw this.#refuse('looking for beginning of object key string');
      const keyAt = this.#at;
      const key = this.#string();
      if (key === '__proto__') throw new JsonRefusal('key "__proto__" is not allowed', keyAt);
      if (seen.has(key)) throw new JsonRefusal(`key ${JSON.stringify(key.slice(0, 80))} occurs twice`, keyAt);
      seen.add(key);
      this.#skipBlanks();
      if (!this.#take(':')) throw this.#refuse('after object key');
      members[key] = this.value(depth);
      this.#skipBlanks();
      if (this.#take('}')) return members;
      if (!this.#take(',')) throw this.#refuse('after object key:value pair');
    }
  }

  #array(depth: number): Json {
    this.#checkDepth(depth);
    const elements: Json[] = [];
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take(']')) return elements;
    for (;;) {
      elements.push(this.value(depth));
      this.#skipBlanks();
      if (this.#take(']')) return elements;
      if (!this.#take(',')) throw this.#refuse('after array element');
    }
  }

  #string(): string {
    const start = this.#at;
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x5c) at += 1;
      else if (code === 0x22) {
        this.#at = at + 1;
        return this.#parsed(this.#text.slice(start, at + 1), start, 'in string escape code');
      } else if (code < 0x20) {
        this.#at = at;
        throw this.#refuse('in string literal');
      }
    }
    throw new JsonRefusal('unexpected EOF', this.#text.length);
  }

  #number(): number {
    const start = this.#at;
    const match = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(this.#text.slice(start, start + 400));
    if (match === null) {
      this.#at += 1;
      throw this.#refuse('in numeric literal');
    }
    this.#at += match[0].length;
    const value = Number(match[0]);
    if (!Number.isFinite(value)) throw new JsonRefusal(`number ${match[0].slice(0, 40)} is too large`, start);
    return value;
  }

  #literal(literal: string, value: Json): Json {
    for (const letter of literal) {
      if (!this.#take(letter)) throw this.#refuse(`in literal ${literal} (expecting '${letter}')`);
    }
    return value;
  }

  /** The escapes are left to JSON.parse, which is fed one string literal only. */
  #parsed(literal: string, at: number, where: string): string {
    try {
      const value: unknown = JSON.parse(literal);
      if (typeof value === 'string') return value;
    } catch {
      // Falls through to the refusal, which says where.
    }
    throw new JsonRefusal(`invalid character ${where}`, at);
  }

  #checkDepth(depth: number): void {
    if (depth > deepestJson) throw new JsonRefusal(`more than ${deepestJson} levels of nesting`, this.#at);
  }

  #take(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at += 1;
    return true;
  }

  #skipBlanks(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'end')) this.#at += 1;
  }

  #refuse(where: string): JsonRefusal {
    const found = this.#text.codePointAt(this.#at);
    if (found === undefined) return new JsonRefusal('unexpected EOF', this.#at);
    const letter = JSON.stringify(String.fromCodePoint(found)).slice(1, -1);
    return new JsonRefusal(`invalid character '${letter}' ${where}`, this.#at);
  }
}
