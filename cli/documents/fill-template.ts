import { isRecord } from '#cli/http/problem.ts';
import { CliError } from '#cli/cli-error.ts';
import { parse } from 'yaml';

/**
 * Fills `{{ .Name.Inner }}` from a values file, as `emcoctl -v` does. Unlike there a missing value is an error, and everything else
 * that Go's templates can do is refused by name instead of being sent as it stands.
 */
export function fillTemplate(text: string, valuesText: string): string {
  const values: unknown = parse(valuesText);
  const problems: string[] = [];
  const filled = text.split('\n').map((line, index) =>
    line.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, action: string) => {
      const value = /^\.[\w.]+$/.test(action) ? lookUp(values, action.slice(1).split('.')) : undefined;
      if (value !== undefined) return value;
      problems.push(`line ${index + 1}: expected {{ .Name }} of the values file, found {{ ${action} }}`);
      return '';
    }),
  );
  if (problems.length > 0)
    throw new CliError('usage', problems.join('\n'), 'loops and conditions: use emcoctl or helm');
  return filled.join('\n');
}

function lookUp(values: unknown, path: readonly string[]): string | undefined {
  let value = values;
  for (const name of path) value = isRecord(value) ? value[name] : undefined;
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
