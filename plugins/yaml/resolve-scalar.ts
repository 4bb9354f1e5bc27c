/** What a scalar means to Kubernetes: the rules of Go's YAML reader (sigs.k8s.io/yaml), which are YAML 1.1 in part. */

export type Scalar = string | number | boolean | null;

/** A scalar that means something that JSON can't say, or not what its tag says. */
export class ScalarError extends Error {}

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);

const decimal = /^[-+]?(0|[1-9][0-9]*)$/;
const octal = /^([-+]?)0[oO]?([0-7]+)$/;
const hexadecimal = /^([-+]?)0[xX]([0-9a-fA-F]+)$/;
const binary = /^([-+]?)0[bB]([-+]?[01]+)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const notFinite = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const longest = 1_000;

/** An untagged plain scalar. @throws ScalarError for infinities and for integers that a double can't hold. */
export function resolvePlain(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!numeric || text.length > longest) return text;
  if (notFinite.test(text)) throw new ScalarError(`a finite number, found ${text}`);
  return resolveNumber(text) ?? text;
}

/** Null when the text is no number. */
function resolveNumber(text: string): number | null {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (decimal.test(plain)) return toInteger(plain, 10);
  for (const [form, base] of [
    [octal, 8],
    [hexadecimal, 16],
    [binary, 2],
  ] as const) {
    const [, sign = '', digits = ''] = form.exec(plain) ?? [];
    if (digits !== '' && withinUint64(digits.replace(/^[-+]/, ''), base)) return toInteger(sign + digits, base);
  }
  if (!float.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

const prefixes = { 2: '0b', 8: '0o', 10: '', 16: '0x' } as const;

const withinUint64 = (digits: string, base: keyof typeof prefixes): boolean =>
  BigInt(prefixes[base] + digits) < 1n << 64n;

/** Integers of 64 bits must survive exactly; what is larger is a float for Go too. */
function toInteger(text: string, base: keyof typeof prefixes): number {
  const digits = text.replace(/^[-+]+/, '');
  const negative = /^\+?-/.test(text);
  const value = digits.length < 16 && base === 10 ? Number(digits) : Number(BigInt(prefixes[base] + digits));
  if (!Number.isSafeInteger(value) && withinUint64(digits, base) && BigInt(value) !== BigInt(prefixes[base] + digits))
    throw new ScalarError(`an integer that a 64-bit float holds exactly, found ${text}; quote it if it is text`);
  return negative && value !== 0 ? -value : value;
}

const core = 'tag:yaml.org,2002:';

/** `str` for `!!str`, `!<tag:yaml.org,2002:str>`; null for a tag of any other family. */
export function toCoreTag(tag: string): string | null {
  if (tag === '!') return 'str';
  if (tag.startsWith('!!')) return tag.slice(2);
  return tag.startsWith(`!<${core}`) ? tag.slice(core.length + 2, -1) : null;
}

/** A scalar with a core tag. @throws ScalarError when the text does not fit the tag. */
export function resolveTagged(text: string, tag: string): Scalar {
  if (tag === 'str' || tag === 'timestamp') return text;
  if (tag === 'binary') return decodeBinary(text);
  const value = resolvePlain(text);
  if (tag === 'null' && value === null) return null;
  if (tag === 'bool' && typeof value === 'boolean') return value;
  if (tag === 'float' && typeof value === 'number') return value;
  if (tag === 'int' && Number.isInteger(value)) return value;
  throw new ScalarError(`a value of tag !!${tag}, found other text`);
}

function decodeBinary(text: string): string {
  const bytes = Buffer.from(text.replace(/\s+/g, ''), 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ScalarError('!!binary text that is UTF-8, found other bytes');
  }
}
