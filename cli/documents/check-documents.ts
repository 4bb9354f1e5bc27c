import { CliError } from '#cli/cli-error.ts';
import { asText } from '#cli/http/problem.ts';

import { toName } from './document.ts';
import type { Document } from './document.ts';
import { toFileNeed, toNearestAnchor } from './known-anchors.ts';
import { isGzip, readDocumentFile, toPaths } from './to-body.ts';
import { toAction } from './to-request.ts';

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LONGEST_NAME = 128;

/** Everything about documents that can be judged without a server, one sentence a problem. */
export async function checkDocuments(documents: readonly Document[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const document of documents) {
    const found = [...checkAnchor(document), ...checkName(document), ...(await checkFiles(document))];
    problems.push(...found.map((problem) => `${document.at}: ${problem}`));
  }
  return [...problems, ...checkTwice(documents)];
}

function checkAnchor({ anchor }: Document): readonly string[] {
  if (toFileNeed(anchor) !== null) return [];
  return [`resourceContext.anchor: expected a known one, nearest ${toNearestAnchor(anchor)}, found ${anchor}`];
}

function checkName(document: Document): readonly string[] {
  const { anchor, clusterLabel, metadata } = document;
  if (toAction(anchor) !== null) return [];
  const isLabel = anchor.endsWith('/labels');
  const member = isLabel ? 'clusterLabel' : 'metadata.name';
  const name = isLabel ? (clusterLabel ?? '') : toName(document);
  if (name === '')
    return [`${member}: expected a name, found ${metadata?.['name'] === undefined ? 'none' : 'no text'}`];
  if (NAME.test(name) && name.length <= LONGEST_NAME) return [];
  return [`${member}: expected letters, digits, - _ . (at most ${LONGEST_NAME}), found ${name}`];
}

async function checkFiles(document: Document): Promise<readonly string[]> {
  const need = toFileNeed(document.anchor);
  const paths = toPaths(document);
  if (need === 'gzip' && document.file === null) return ['file: expected a tar.gz, found none'];
  if (need === 'none' && paths.length > 0)
    return [`file: expected none for ${document.anchor}, found ${paths.join(', ')}`];
  const problems: string[] = [];
  for (const path of paths) {
    const problem = await checkFile(path, document, need === 'gzip');
    if (problem !== '') problems.push(problem);
  }
  return problems;
}

async function checkFile(path: string, document: Document, mustBeGzip: boolean): Promise<string> {
  try {
    const { bytes } = await readDocumentFile(path, document);
    return mustBeGzip && !isGzip(bytes) ? `file ${path}: expected a tar.gz, found something else` : '';
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return error.message.slice(document.at.length + 2);
  }
}

function checkTwice(documents: readonly Document[]): readonly string[] {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  for (const document of documents) {
    if (toAction(document.anchor) !== null) continue;
    const version = asText(document.spec?.['compositeAppVersion']);
    const key = [document.anchor, toName(document) || document.clusterLabel, version].join(' ');
    const first = seen.get(key);
    if (first === undefined) seen.set(key, document.at);
    else problems.push(`${document.at}: expected each document once, found it at ${first} as well`);
  }
  return problems;
}
