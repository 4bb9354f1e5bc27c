/** The repository's own TypeScript as text, for tests about its shape. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** From the root, with slashes: `domain/plan.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** Without comments. */
  readonly spoken: string;
  /** Without comments and without what stands in strings. */
  readonly code: string;
  /** Specifiers of imports, re-exports, import types and dynamic imports; `?` for one that is no literal. */
  readonly imports: readonly string[];
}

const skipped = new Set(['node_modules', '.git', 'dist', 'histories']);

/** All TypeScript files but installed ones, sorted by path. */
export async function readSources(): Promise<readonly SourceFile[]> {
  const paths = await listFiles('', (name) => name.endsWith('.ts'));
  return Promise.all(paths.map(async (path) => toSource(path, await readFile(join(repositoryRoot, path), 'utf8'))));
}

async function listFiles(folder: string, wanted: (name: string) => boolean): Promise<readonly string[]> {
  const entries = await readdir(join(repositoryRoot, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => !skipped.has(entry.name))
      .map(async (entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) return listFiles(path, wanted);
        return entry.isFile() && wanted(entry.name) ? [path] : [];
      }),
  );
  return found.flat().toSorted();
}

export function toSource(path: string, text: string): SourceFile {
  const spoken = strip(text, { strings: 'keep' });
  const code = strip(text, { strings: 'empty' });
  return { path, text, lines: text.split('\n').length - 1, spoken, code, imports: findImports(spoken) };
}

/** Comments, strings and templates; a regular expression that holds a quote is cut at most to the end of its line. */
const tokens = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

function strip(text: string, { strings }: { strings: 'keep' | 'empty' }): string {
  return text.replace(tokens, (token) => {
    if (token.startsWith('/')) return token.replace(/[^\n]/g, ' ');
    return strings === 'keep' ? token : token.replace(/[^\n'"`]/g, '');
  });
}

const fromClause = /(?:^|[;\n])\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?\s*['"]([^'"\n]+)['"]/g;
const callClause = /\bimport\s*\(\s*(?:(['"`])([^'"`\n$]+)\1)?/g;

function findImports(spoken: string): readonly string[] {
  const statements = [...spoken.matchAll(fromClause)].map(([, specifier = '?']) => specifier);
  const calls = [...spoken.matchAll(callClause)].map(([, , specifier = '?']) => specifier);
  return [...statements, ...calls];
}
