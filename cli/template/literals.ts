import { TemplateError } from './template-error.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** The text of a literal in double quotes, with Go's escapes. */
export function toQuotedText(literal: string, at: number): string {
  const bytes: Buffer[] = [];
  const pattern = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]+/gsu;
  for (const [whole, hex, octal, short, long, simple] of literal.slice(1, -1).matchAll(pattern)) {
    const byte =
      hex === undefined ? (octal === undefined ? null : Number.parseInt(octal, 8)) : Number.parseInt(hex, 16);
    const point = short ?? long;
    if (byte !== null) bytes.push(Buffer.from([checked(byte, { most: 255, literal, at })]));
    else if (point !== undefined) {
      const code = checked(Number.parseInt(point, 16), { most: 0x10_ff_ff, literal, at });
      if (code >= 0xd8_00 && code < 0xe0_00) throw invalid(literal, at);
      bytes.push(Buffer.from(String.fromCodePoint(code)));
    } else if (simple === undefined) bytes.push(Buffer.from(whole));
    else bytes.push(Buffer.from(simpleEscapes[simple] ?? fail(literal, at)));
  }
  return Buffer.concat(bytes).toString('utf8');
}

/** The code point of a character literal. */
export function toCharacter(literal: string, at: number): bigint {
  const inner = literal.slice(1, -1);
  if (inner === String.raw`\'`) return 39n;
  if (inner === String.raw`\"` || inner === "'") throw invalid(literal, at);
  const points = Array.from(inner === '"' ? inner : toQuotedText(`"${inner}"`, at));
  const [point] = points;
  if (point === undefined || points.length !== 1) throw invalid(literal, at);
  return BigInt(point.codePointAt(0) ?? 0);
}

const largest = 2n ** 63n;

/** Go's numbers: 1, -1, 0x1f, 0o17, 017, 0b11, 1_000 are integers; 1.5, 1e3, .5 are floats. */
export function toNumber(literal: string, at: number): bigint | number {
  const whole =
    /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/.exec(literal);
  if (whole !== null) {
    const digits = (whole[2] ?? '').replaceAll('_', '').toLowerCase();
    const size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const value = whole[1] === '-' ? -size : size;
    if (value >= largest || value < -largest)
      throw new TemplateError(at, `number ${literal} does not fit into 64 bits`);
    return value;
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(literal) && /[.eE]/.test(literal)) {
    const value = Number(literal);
    if (Number.isFinite(value)) return value;
  }
  throw new TemplateError(at, `expected a number, found ${literal}`);
}

function checked(value: number, { most, literal, at }: { most: number; literal: string; at: number }): number {
  if (value > most) throw invalid(literal, at);
  return value;
}

const invalid = (literal: string, at: number): TemplateError => new TemplateError(at, `invalid literal ${literal}`);

function fail(literal: string, at: number): never {
  throw invalid(literal, at);
}
