import { printFloat, printValue, toExponent } from './print-value.ts';
import { isList, isMap, toEntries, toTypeName } from './value.ts';
import type { Value } from './value.ts';

interface Directive {
  readonly flags: string;
  readonly width: number;
  /** Null: none given. */
  readonly precision: number | null;
  readonly verb: string;
}

const directive = /%([-+# 0]*)(\d*)(?:(\.)(\d*))?(.|$)/gsu;
const verbs = new Set('vsdqtTeEfFgGxXobOc%'.split(''));

/** `printf` of Go for what a values file can hold. @throws Error for verbs and flags that are not supported */
export function printFormatted(format: string, values: readonly Value[]): string {
  const left = [...values];
  const text = format.replace(directive, (...match: readonly string[]) => printDirective(match, left));
  if (left.length === 0) return text;
  const extra = left.map((value) => (isNothing(value) ? '<nil>' : `${toTypeName(value)}=${printValue(value)}`));
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

/** Takes its value from those that are left. */
function printDirective(match: readonly string[], left: Value[]): string {
  const [whole = '', flags = '', width = '', point, digits = '', verb = ''] = match;
  if (verb === '') return '%!(NOVERB)';
  if (!verbs.has(verb) || (flags.includes('#') && verb === 'v')) throw new Error(`${whole} is not supported`);
  if (verb === '%') return '%';
  if (left.length === 0) return `%!${verb}(MISSING)`;
  const precision = point === undefined ? null : Number(digits);
  return formatValue(left.shift(), { flags, width: Number(width), precision, verb });
}

const isNothing = (value: Value): value is null | undefined => value === undefined || value === null;

function formatValue(value: Value, given: Directive): string {
  const { verb } = given;
  if (verb === 'T') return pad(isNothing(value) ? '<nil>' : toTypeName(value), given);
  if (isNothing(value)) return verb === 'v' ? pad('<nil>', given) : `%!${verb}(<nil>)`;
  if (isList(value)) return `[${value.map((one) => formatInside(one, given)).join(' ')}]`;
  if (isMap(value)) {
    const entries = toEntries(value).map(([key, of]) => `${formatInside(key, given)}:${formatInside(of, given)}`);
    return `map[${entries.join(' ')}]`;
  }
  return formatScalar(value, given) ?? `%!${verb}(${toTypeName(value)}=${formatBad(value, given)})`;
}

const formatInside = (value: Value, given: Directive): string =>
  isNothing(value) ? '<nil>' : formatValue(value, given);

/** A value that its verb cannot print is printed by its own one. */
function formatBad(value: boolean | bigint | number | string, given: Directive): string | null {
  const own: Readonly<Record<string, string>> = { boolean: 't', bigint: 'd', number: 'g' };
  return formatScalar(value, { ...given, verb: own[typeof value] ?? 's' });
}

function formatScalar(value: boolean | bigint | number | string, given: Directive): string | null {
  const { verb } = given;
  if (typeof value === 'boolean') return verb === 'v' || verb === 't' ? pad(String(value), given) : null;
  if (typeof value === 'string') return formatText(value, given);
  return typeof value === 'bigint' ? formatWhole(value, given) : formatFloat(value, given);
}

function formatText(value: string, given: Directive): string | null {
  const { verb, precision, flags } = given;
  const cut = precision === null ? value : Array.from(value).slice(0, precision).join('');
  if (verb === 'v' || verb === 's') return pad(cut, given);
  if (verb === 'q') return pad(toQuoted(cut, flags), given);
  if (verb !== 'x' && verb !== 'X') return null;
  if (flags !== '' && /[# +]/.test(flags)) throw new Error(`%${flags}${verb} of text is not supported`);
  const bytes = Buffer.from(value);
  const hex = bytes.subarray(0, precision ?? bytes.length).toString('hex');
  return pad(verb === 'X' ? hex.toUpperCase() : hex, given);
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': '\\\\',
  '"': String.raw`\"`,
};

/** A Go literal of a text. */
function toQuoted(text: string, flags: string): string {
  if (/[#+]/.test(flags)) throw new Error(`%${flags}q is not supported`);
  return `"${Array.from(text, toEscaped).join('')}"`;
}

function toQuotedCharacter(code: bigint, flags: string): string {
  if (/[#+]/.test(flags)) throw new Error(`%${flags}q is not supported`);
  const character = toCharacter(code);
  if (character === '"') return `'"'`;
  return character === "'" ? String.raw`'\''` : `'${toEscaped(character)}'`;
}

/** What is no code point is U+FFFD. */
const toCharacter = (code: bigint): string =>
  code < 0n || code > 0x10_ff_ffn || (code >= 0xd8_00n && code < 0xe0_00n)
    ? '\u{fffd}'
    : String.fromCodePoint(Number(code));

function toEscaped(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x1_00_00 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const prefixes: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function formatWhole(value: bigint, given: Directive): string | null {
  const { verb, flags, precision, width } = given;
  if (verb === 'c') return pad(toCharacter(value), { ...given, flags: flags.replaceAll('0', '') });
  if (verb === 'q') return pad(toQuotedCharacter(value, flags), { ...given, flags: flags.replaceAll('0', '') });
  const base = bases[verb];
  if (base === undefined) return null;
  if (precision === 0 && value === 0n) return pad('', { ...given, flags: flags.replaceAll('0', '') });
  const sign = value < 0n ? '-' : toSign(flags, verb);
  const digits = (value < 0n ? -value : value).toString(base);
  const prefix = verb === 'O' ? '0o' : flags.includes('#') ? (prefixes[verb] ?? '') : '';
  const long = digits.padStart(precision ?? 0, '0');
  const zeros = precision === null && isZeroPadded(flags) ? long.padStart(width - sign.length, '0') : long;
  return pad(`${sign}${prefix}${verb === 'X' ? zeros.toUpperCase() : zeros}`, {
    ...given,
    flags: flags.replaceAll('0', ''),
  });
}

const isZeroPadded = (flags: string): boolean => flags.includes('0') && !flags.includes('-');

/** `%+v` asks for field names, not for a sign. */
const toSign = (flags: string, verb: string): string =>
  flags.includes('+') && verb !== 'v' ? '+' : flags.includes(' ') ? ' ' : '';

function formatFloat(value: number, given: Directive): string | null {
  const { verb, flags, width } = given;
  if (!'vgGeEfF'.includes(verb)) {
    if ('xXb'.includes(verb)) throw new Error(`%${verb} of a float is not supported`);
    return null;
  }
  if (flags.includes('#')) throw new Error(`%#${verb} of a float is not supported`);
  const text = toFloatText(Math.abs(value), given);
  const sign = value < 0 || Object.is(value, -0) ? '-' : toSign(flags, verb);
  const plain = { ...given, flags: flags.replaceAll('0', '') };
  if (!Number.isFinite(value)) return pad(Number.isNaN(value) ? 'NaN' : `${sign === '' ? '+' : sign}Inf`, plain);
  return pad(`${sign}${isZeroPadded(flags) ? text.padStart(width - sign.length, '0') : text}`, plain);
}

function toFloatText(value: number, { verb, precision }: Directive): string {
  if (verb === 'f' || verb === 'F') return value.toFixed(precision ?? 6);
  if (verb === 'e' || verb === 'E') return cased(toScientific(value, precision ?? 6), verb);
  if (precision === null) return cased(printFloat(value), verb);
  return cased(toGeneral(value, precision === 0 ? 1 : precision), verb);
}

const cased = (text: string, verb: string): string => (verb === 'E' || verb === 'G' ? text.toUpperCase() : text);

function toScientific(value: number, precision: number): string {
  const [mantissa = '', power = '0'] = value.toExponential(precision).split('e');
  return `${mantissa}e${toExponent(Number(power))}`;
}

/** `%g` with a precision: significant digits, without zeros at the end. */
function toGeneral(value: number, digits: number): string {
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  const limit = Math.max(digits, mantissa.replace('.', '').replace(/0+$/, '').length);
  if (exponent < -4 || exponent >= limit) return `${trimZeros(mantissa)}e${toExponent(exponent)}`;
  return trimZeros(value.toFixed(Math.max(digits - 1 - exponent, 0)));
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** In characters; zeros stand before texts too. */
function pad(text: string, { flags, width }: Directive): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  return (flags.includes('0') ? '0' : ' ').repeat(missing) + text;
}
