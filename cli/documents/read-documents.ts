import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import { toValue } from '#cli/template/to-value.ts';
import type { Value } from '#cli/template/value.ts';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { fillTemplate } from './fill-template.ts';
import { parseDocuments } from './parse-documents.ts';
import type { ParsedDocuments } from './parse-documents.ts';

export interface DocumentOptions {
  /** Files, folders, or `-` for standard input. */
  readonly filename: readonly string[];
  readonly values?: string;
}

export interface ReadDocuments extends ParsedDocuments {
  /** Values that templates want and the values file lacks. */
  readonly missing: readonly string[];
}

/** All documents of all files, in order. Problems come as values, so that `check` can show all of them. */
export async function readDocuments(options: DocumentOptions, deps: CliDeps): Promise<ReadDocuments> {
  const values = options.values === undefined ? null : await readValues(options.values);
  const parsed: ReadDocuments[] = [];
  for (const name of (await Promise.all(options.filename.map(toFiles))).flat()) {
    const raw = name === '-' ? await deps.readStdin() : await readText(name);
    const shown = name === '-' ? 'stdin' : name;
    const filled =
      values === null ? { text: raw, missing: [] } : fillTemplate({ name: shown, text: raw }, values.value);
    const folder = name === '-' ? '.' : dirname(name);
    parsed.push({ ...parseDocuments({ name: shown, folder, text: filled.text }), missing: filled.missing });
  }
  return {
    documents: parsed.flatMap((one) => one.documents),
    problems: parsed.flatMap((one) => one.problems),
    warnings: parsed.flatMap((one) => one.warnings),
    missing: parsed.flatMap((one) => one.missing),
  };
}

async function readValues(file: string): Promise<{ readonly value: Value }> {
  const text = await readText(file);
  try {
    return { value: toValue(text) };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new CliError('usage', `values ${file}: expected YAML, found ${found}`);
  }
}

/** A folder stands for its YAML files, by name; folders in it are not looked at. */
async function toFiles(name: string): Promise<readonly string[]> {
  if (name === '-' || (await stat(name).catch(() => null))?.isDirectory() !== true) return [name];
  const files = (await readdir(name, { withFileTypes: true })).filter((one) => !one.isDirectory());
  const names = files.map((one) => one.name).filter((one) => /\.(ya?ml|json)$/.test(one));
  if (names.length === 0) throw new CliError('usage', `${name}: expected .yaml, .yml or .json files, found none`);
  return names.sort().map((one) => join(name, one));
}

/** The same for commands that act: any problem ends them before the first request. */
export async function readSoundDocuments(
  options: DocumentOptions,
  deps: CliDeps,
): Promise<ParsedDocuments['documents']> {
  const { documents, problems, warnings, missing } = await readDocuments(options, deps);
  for (const warning of [...missing, ...warnings]) deps.err(`emco: ${warning}\n`);
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
