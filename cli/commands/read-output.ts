import { isRecord } from '#cli/http/problem.ts';
import { asText } from '#cli/http/problem.ts';
import { toOutput } from '#cli/output/print.ts';
import type { OutputFormat } from '#cli/output/print.ts';
import { toTable } from '#cli/output/table.ts';
import { stringify } from 'yaml';

import type { SentDocument } from './send-documents.ts';

/** What `get` prints: a table of names, JSON as the server gave it, or YAML that `apply` takes again. */
export function toReadOutput(sent: readonly SentDocument[], format: OutputFormat): string {
  const read = sent.filter(({ outcome }) => outcome === 'read');
  const answers = read.map(({ answer }) => answer);
  switch (format) {
    case 'json':
      return toOutput(answers.length === 1 ? answers[0] : answers, 'json', () => '');
    case 'yaml':
      return read.flatMap(toYamlDocuments).join('---\n');
    case 'table':
      return toTable(['KIND', 'NAME', 'DESCRIPTION'], read.flatMap(toRows));
  }
}

/** Documents of one answer with their addresses: one for a document, many for a list. */
function toItems({
  path,
  answer,
}: SentDocument): readonly { readonly kind: string; readonly body: unknown; readonly anchor: string }[] {
  const collection = path.replace(/^\/v2\//, '').replace(/\?.*$/, '');
  if (Array.isArray(answer)) return answer.map((body) => ({ kind: toKind(collection), body, anchor: collection }));
  if (answer === null) return [];
  const isComposite =
    isRecord(answer) && isRecord(answer['spec']) && answer['spec']['compositeAppVersion'] !== undefined;
  const anchor = collection
    .split('/')
    .slice(0, isComposite ? -2 : -1)
    .join('/');
  return [{ kind: toKind(anchor), body: answer, anchor }];
}

const toKind = (anchor: string): string => anchor.split('/').at(-1) ?? '';

function toRows(sent: SentDocument): readonly (readonly string[])[] {
  return toItems(sent).map(({ kind, body }) => {
    const metadata = isRecord(body) && isRecord(body['metadata']) ? body['metadata'] : {};
    const label = isRecord(body) ? asText(body['clusterLabel']) : asText(body);
    const version = isRecord(body) && isRecord(body['spec']) ? asText(body['spec']['compositeAppVersion']) : '';
    const name = asText(metadata['name']) || label;
    return [kind, version === '' ? name : `${name}/${version}`, asText(metadata['description'])];
  });
}

function toYamlDocuments(sent: SentDocument): readonly string[] {
  return toItems(sent).map(({ body, anchor }) =>
    stringify(
      { version: 'emco/v2', resourceContext: { anchor }, ...(isRecord(body) ? body : { value: body }) },
      { lineWidth: 0 },
    ),
  );
}
