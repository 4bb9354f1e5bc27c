import { CliError } from '#cli/cli-error.ts';
import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';

import type { Document } from './document.ts';

/** The members that the API knows, as the document has them; nothing is made up. */
export function toJsonBody({ metadata, clusterLabel, spec }: Document): Readonly<Record<string, unknown>> {
  return {
    ...(metadata === null ? {} : { metadata }),
    ...(clusterLabel === null ? {} : { clusterLabel }),
    ...(spec === null ? {} : { spec }),
  };
}

/** Multipart: `metadata` with the JSON, then `file` or `files`. */
export async function toFormBody(document: Document): Promise<FormData> {
  const form = new FormData();
  form.set('metadata', JSON.stringify(toJsonBody(document)));
  const part = document.file === null ? 'files' : 'file';
  for (const path of toPaths(document)) {
    const { name, bytes } = await readDocumentFile(path, document);
    form.append(part, new Blob([bytes], { type: toContentType(bytes) }), name);
  }
  return form;
}

export const toPaths = ({ file, files }: Document): readonly string[] => (file === null ? (files ?? []) : [file]);

/** Reads a file that a document names: from the working folder as EMCO's client does, else from beside the document. */
export async function readDocumentFile(
  path: string,
  { at, folder }: Pick<Document, 'at' | 'folder'>,
): Promise<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const places = isAbsolute(path) || folder === '.' ? [path] : [path, join(folder, path)];
  for (const place of places) {
    const bytes = await readIfThere(place, at);
    if (bytes !== null) return { name: basename(path), bytes };
  }
  throw new CliError('usage', `${at}: expected file ${places.join(' or ')}, found none`);
}

async function readIfThere(place: string, at: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(place));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT') return null;
    throw new CliError('usage', `${at}: expected file ${place}, found ${code === 'EISDIR' ? 'a folder' : code}`);
  }
}

const toContentType = (bytes: Uint8Array): string => (isGzip(bytes) ? 'application/gzip' : 'application/octet-stream');

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
