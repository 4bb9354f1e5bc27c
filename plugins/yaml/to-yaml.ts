import { type Json, type JsonObject, isJsonObject } from '#domain/json.ts';

/**
 * Words that some reader takes for a boolean or null, in any case; `nan` and `inf` stand for those of sloppy readers.
 */
const reserved = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf', 'infinity']);

/** Begins with a letter, a slash, an underscore or an option's dashes before a letter; no `: `, no ` #`, no space or colon at the end. */
const plainText = /^(?:[A-Za-z/]|_[A-Za-z_/]|--?[A-Za-z])(?:[\w./@+=,-]|:(?![ ]|$)| (?=[\w./@+=,-]))*$/;
/** A bare exponent, which js-yaml's YAML 1.1 takes for NaN. */
const exponent = /^-*[eE][-+.0-9eE]*$/;
/** Quantities such as 500m and 256Mi, which are no numbers to anybody. */
const quantity = /^[1-9][0-9]*(?:m|[KMGT]i)$/;
/** What a literal block shows as it is. */
const literalText = /^\S(?:[^\r]*\S)?\n?$/;
const notPrintable = /[^\n\t -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

/**
 * YAML in block style with sorted keys, two spaces, texts of several lines as literal blocks; all that any reader of
 * YAML 1.1 or 1.2 might take for something else than text is in double quotes. Ends with a newline.
 */
export function toYaml(value: Json): string {
  const out: string[] = [];
  if (Array.isArray(value) && value.length > 0) writeSequence(out, value, '');
  else if (isJsonObject(value) && Object.keys(value).length > 0) writeMapping(out, value, '');
  else out.push(toInline(value, '  '), '\n');
  return out.join('');
}

/** A key on the line of its colon may have 1,024 bytes. */
const longestKey = 250;

/** Every line but the first begins with the indent. */
function writeMapping(out: string[], mapping: JsonObject, indent: string): void {
  let lead = '';
  for (const key of Object.keys(mapping).sort()) {
    const value = mapping[key];
    if (value === undefined) continue;
    const written = isPlain(key) ? key : toQuoted(key);
    out.push(lead, written.length > longestKey ? `? ${written}\n${indent}:` : `${written}:`);
    writeValue(out, value, indent);
    lead = indent;
  }
}

function writeValue(out: string[], value: Json, indent: string): void {
  if (Array.isArray(value) && value.length > 0) {
    out.push('\n', indent);
    writeSequence(out, value, indent);
  } else if (isJsonObject(value) && Object.keys(value).length > 0) {
    out.push('\n', indent, '  ');
    writeMapping(out, value, `${indent}  `);
  } else {
    out.push(' ', toInline(value, `${indent}  `), '\n');
  }
}

function writeSequence(out: string[], items: readonly Json[], indent: string): void {
  let lead = '';
  for (const item of items) {
    out.push(lead, '- ');
    if (Array.isArray(item) && item.length > 0) writeSequence(out, item, `${indent}  `);
    else if (isJsonObject(item) && Object.keys(item).length > 0) writeMapping(out, item, `${indent}  `);
    else out.push(toInline(item, `${indent}  `), '\n');
    lead = indent;
  }
}

function toInline(value: Json, indent: string): string {
  if (typeof value === 'string') return toText(value, indent);
  if (typeof value === 'number') return toNumber(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}

const isPlain = (text: string): boolean =>
  plainText.test(text)
    ? !exponent.test(text) && (text.length > 8 || !reserved.has(text.toLowerCase()))
    : quantity.test(text);

function toText(text: string, indent: string): string {
  if (isPlain(text)) return text;
  if (text.includes('\n') && literalText.test(text) && !notPrintable.test(text)) return toLiteral(text, indent);
  return toQuoted(text);
}

function toLiteral(text: string, indent: string): string {
  const ends = text.endsWith('\n');
  const lines = (ends ? text.slice(0, -1) : text).split('\n');
  return `${ends ? '|' : '|-'}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

/** JSON's escapes are YAML's too; what a reader of YAML 1.1 refuses or folds is escaped besides. */
function toQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Large integers with all their digits; exponents with a point, without which YAML 1.1 takes them for text. */
function toNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('only finite numbers can be written');
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 64)
    return Number.isSafeInteger(value) ? String(value + 0) : String(BigInt(value));
  const text = String(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}
