/** Values and their types as Go prints them: kubectl's messages carry them. */
import { type Value, isFields } from './json.ts';

/** As `%v` prints it. */
export function toGoText(value: Value | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(toGoText).join(' ')}]`;
  if (typeof value === 'number') return toGoNumber(value);
  if (!isFields(value)) return String(value);
  const names = [...value.keys()].sort(byCodePoints);
  return `map[${names.map((name) => `${name}:${toGoText(value.get(name))}`).join(' ')}]`;
}

/** As `%s` prints it. */
export function toGoString(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(toGoString).join(' ')}]`;
  if (value === null || value === undefined) return toGoType(value);
  if (!isFields(value)) return `%!s(${toGoType(value)}=${toGoText(value)})`;
  const names = [...value.keys()].sort(byCodePoints);
  return `map[${names.map((name) => `${name}:${toGoString(value.get(name))}`).join(' ')}]`;
}

/** As Go compares texts. */
function byCodePoints(a: string, b: string): number {
  const others = Array.from(b);
  for (const [at, one] of Array.from(a).entries()) {
    const difference = (one.codePointAt(0) ?? 0) - (others[at]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function toGoNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const size = Math.abs(value);
  const text = size < 1e-4 || size >= 1e21 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** The name of a value's Go type. */
export function toGoType(value: Value | undefined): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (isFields(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
