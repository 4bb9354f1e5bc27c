import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { fillTemplate } from './fill-template.ts';
import { parseDocuments } from './parse-documents.ts';
import type { ParsedDocuments } from './parse-documents.ts';

export interface DocumentOptions {
  /** `-` is standard input. */
  readonly filename: readonly string[];
  readonly values?: string;
}

/** All documents of all files, in order. Problems come as values, so that `check` can show all of them. */
export async function readDocuments(options: DocumentOptions, deps: CliDeps): Promise<ParsedDocuments> {
  const values = options.values === undefined ? undefined : await readText(options.values);
  const parsed: ParsedDocuments[] = [];
  for (const name of options.filename) {
    const raw = name === '-' ? await deps.readStdin() : await readText(name);
    const text = values === undefined ? raw : fillTemplate(raw, values);
    const stdin = name === '-';
    parsed.push(parseDocuments({ name: stdin ? 'stdin' : name, folder: stdin ? '.' : dirname(name), text }));
  }
  return {
    documents: parsed.flatMap((one) => one.documents),
    problems: parsed.flatMap((one) => one.problems),
    warnings: parsed.flatMap((one) => one.warnings),
  };
}

/** The same for commands that act: any problem ends them before the first request. */
export async function readSoundDocuments(
  options: DocumentOptions,
  deps: CliDeps,
): Promise<ParsedDocuments['documents']> {
  const { documents, problems, warnings } = await readDocuments(options, deps);
  for (const warning of warnings) deps.err(`emco: ${warning}\n`);
  if (problems.length > 0) throw new CliError('usage', problems.join('\n'), 'correct the file; nothing was sent');
  if (documents.length === 0) {
    throw new CliError('usage', `${options.filename.join(', ')}: expected at least one document, found none`);
  }
  return documents;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CliError('usage', `${file}: expected a readable file, found ${code === 'ENOENT' ? 'none' : code}`);
  }
}
