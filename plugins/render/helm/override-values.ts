/** How override values reach helm: on its command line everybody on the machine would see them. */

export interface OverrideArguments {
  readonly args: readonly string[];
  /** Content by name, relative to the folder that helm runs in. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Plain texts go by `--set-file`, which takes the same keys. What Helm's `--set` reads as more than a text (numbers, booleans,
 * null, lists, several pairs) stays a `--set`. Sorted, so that the order is always the same.
 */
export function toOverrideArguments(values: Readonly<Record<string, string>>): OverrideArguments {
  const files = new Map<string, string>();
  const args = Object.keys(values)
    .sort()
    .map((key, at) => {
      const text = toPlainText(values[key] ?? '');
      if (text === null) return `--set=${key}=${values[key] ?? ''}`;
      const name = `override-${at}`;
      files.set(name, text);
      return `--set-file=${key}=${name}`;
    });
  return { args, files };
}

/** The text that Helm would make of it; null where it would make something else. */
function toPlainText(value: string): string | null {
  if (value === '' || value.startsWith('{') || !/^(?:[^,\\]|\\.)*$/s.test(value)) return null;
  const text = value.replace(/\\(.)/gs, '$1');
  return /^(true|false|null|[+-]?\d+)$/i.test(text) ? null : text;
}
