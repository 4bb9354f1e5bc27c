import { CliError } from '#cli/cli-error.ts';
import { fill } from '#cli/template/fill.ts';
import { parseTemplate } from '#cli/template/parse.ts';
import { TemplateError, toPlace } from '#cli/template/template-error.ts';
import type { Value } from '#cli/template/value.ts';

export interface TemplateText {
  /** File name, for messages. */
  readonly name: string;
  readonly text: string;
}

export interface FilledText {
  readonly text: string;
  /** Sentences about values that are not there and were written as `<no value>`, as Go does. */
  readonly missing: readonly string[];
}

/** Fills the templates of `emcoctl -v`. @throws CliError that names line and column */
export function fillTemplate({ name, text }: TemplateText, values: Value): FilledText {
  const at = (offset: number): string => {
    const { line, column } = toPlace(text, offset);
    return `${name}:${line}:${column}`;
  };
  try {
    const filled = fill(parseTemplate(text), values);
    const missing = filled.missing.map(
      ({ offset, action }) => `${at(offset)}: expected a value for ${action}, found none: written as <no value>`,
    );
    return { text: filled.text, missing };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(
      'usage',
      `${at(error.offset)}: ${error.message}`,
      'correct the template or the values; nothing was sent',
    );
  }
}
