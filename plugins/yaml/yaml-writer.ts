import { type Json, type JsonObject, isJsonObject } from '#domain/json.ts';

import { toYaml } from './to-yaml.ts';

/**
 * Writes what `toYaml` writes, and remembers the text of the members (such as `spec`) of every mapping for as long as they
 * live: thousands of objects that share one are written at the cost of what differs. Nobody changes a value that was
 * written.
 */
export function makeYamlWriter(): (value: JsonObject) => string {
  const written = new Map<string, WeakMap<object, string>>();
  const toMember = (key: string, value: Json): string => {
    if (typeof value !== 'object' || value === null) return toYaml({ [key]: value });
    const texts = written.get(key) ?? new WeakMap<object, string>();
    if (!written.has(key)) written.set(key, texts);
    const text = texts.get(value) ?? toYaml({ [key]: value });
    texts.set(value, text);
    return text;
  };
  return (value) => {
    const keys = Object.keys(value).sort();
    if (!isJsonObject(value) || !keys.some((key) => value[key] !== undefined)) return toYaml(value);
    return keys.map((key) => (value[key] === undefined ? '' : toMember(key, value[key]))).join('');
  };
}
