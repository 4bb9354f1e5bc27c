import { isList, isMap, toEntries } from './value.ts';
import type { Value } from './value.ts';

/** A value as Go prints it by default: `[a b]`, `map[k:v]`, `<nil>`. */
export function printValue(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (isList(value)) return `[${value.map(printValue).join(' ')}]`;
  if (isMap(value))
    return `map[${toEntries(value)
      .map(([key, of]) => `${printValue(key)}:${printValue(of)}`)
      .join(' ')}]`;
  return typeof value === 'number' ? printFloat(value) : String(value);
}

/** Go's shortest form: exponents below -4 and from 21. */
export function printFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (Object.is(value, -0)) return '-0';
  if (exponent < -4 || exponent >= 21) return `${mantissa}e${toExponent(exponent)}`;
  const digits = mantissa.replace(/[-.]/g, '');
  const sign = value < 0 ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** At least two digits and a sign, as Go and C write it. */
export const toExponent = (exponent: number): string =>
  `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;

/** What `print` makes of its arguments: a space between two of which neither is text. */
export function printAll(values: readonly Value[]): string {
  return values
    .map((value, index) => {
      const before = values[index - 1];
      const spaced = index > 0 && typeof value !== 'string' && typeof before !== 'string';
      return `${spaced ? ' ' : ''}${printValue(value)}`;
    })
    .join('');
}

export const printLine = (values: readonly Value[]): string => `${values.map(printValue).join(' ')}\n`;
