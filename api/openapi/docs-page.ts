/** A page for the OpenAPI document: plain HTML without scripts, so it works offline and under a strict policy. */
import type { ApiLinks } from '#api/deps.ts';
import { docsStyle } from './docs-style.ts';
import type { OpenApiDocument } from './openapi-document.ts';
import type { OpenApiOperation, OpenApiResponse } from './operation.ts';

interface Listed {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}

export function toDocsPage(document: OpenApiDocument, links: ApiLinks = {}): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ path, method, operation })),
  );
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? '');
  const tags = document.tags.map(({ name }) => name).filter((name) => byTag.has(name));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>emco API</title><style>${docsStyle}</style></head><body>
<nav><h1>emco <small>${escape(document.info.version)}</small></h1>
<ul>${tags.map((tag) => `<li><a href="#${toAnchor(tag)}">${escape(tag)}</a></li>`).join('')}</ul>
<ul><li><a href="/openapi.json">openapi.json</a></li><li><a href="/metrics">metrics</a></li>${toLinks(links)}</ul></nav>
<main><p>${toText(document.info.description)}</p>
${tags.map((tag) => toSection(document, tag, byTag.get(tag) ?? [])).join('\n')}
</main></body></html>\n`;
}

/** Only addresses of the web, which come from the configuration. */
function toLinks({ temporalUi, git }: ApiLinks): string {
  const all = [
    ['Temporal UI', temporalUi],
    ['Git', git],
  ] as const;
  return all
    .filter(([, url]) => url !== undefined && /^https?:\/\//.test(url))
    .map(([name, url]) => `<li><a href="${escape(url ?? '')}">${name}</a></li>`)
    .join('');
}

const toSection = (document: OpenApiDocument, tag: string, operations: readonly Listed[]): string =>
  `<section id="${toAnchor(tag)}"><h2>${escape(tag)}</h2>${operations.map((each) => toOperation(document, each)).join('')}</section>`;

function toOperation(document: OpenApiDocument, { path, method, operation }: Listed): string {
  const parts = [
    operation.description === undefined ? '' : `<p>${toText(operation.description)}</p>`,
    toParameters(operation),
    toBody(document, operation),
    toResponses(operation),
    `<h4>curl</h4><pre>${escape(toCurl(path, method, operation))}</pre>`,
  ];
  const head = `<span class="method ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code> <span>${escape(operation.summary)}</span>`;
  return `<details id="${escape(operation.operationId)}"><summary>${head}</summary>${parts.join('')}</details>`;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
}

function toParameters({ parameters = [] }: OpenApiOperation): string {
  if (parameters.length === 0) return '';
  // Written by `parameters` of operation.ts.
  const rows = (parameters as readonly Parameter[]).map(
    ({ name, in: where, description = '' }) =>
      `<tr><td><code>${escape(name)}</code></td><td>${where}</td><td>${toText(description)}</td></tr>`,
  );
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`;
}

interface Media {
  readonly schema?: {
    readonly $ref?: string;
    readonly properties?: Readonly<Record<string, { readonly $ref?: string }>>;
  };
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>;
}

const toShown = ({
  example,
  examples = {},
}: Media): readonly { readonly summary: string; readonly value: unknown }[] =>
  example === undefined
    ? Object.values(examples).map(({ summary = '', value }) => ({ summary, value }))
    : [{ summary: '', value: example }];

function toBody(document: OpenApiDocument, { requestBody }: OpenApiOperation): string {
  if (requestBody === undefined) return '';
  // Written by the two makers of paths.
  const { content } = requestBody as { readonly content: Readonly<Record<string, Media>> };
  return Object.entries(content)
    .map(([type, media]) => {
      const { schema } = media;
      const name = (schema?.$ref ?? schema?.properties?.['metadata']?.$ref ?? '').split('/').at(-1) ?? '';
      const shown = toShown(media)
        .map(({ summary, value }) => {
          const heading = summary === '' ? '' : `<p>${toText(summary)}</p>`;
          return `${heading}<pre>${escape(JSON.stringify(value, null, 2))}</pre>`;
        })
        .join('');
      const full = document.components.schemas[name];
      const schemaText =
        full === undefined
          ? ''
          : `<details><summary>Schema ${escape(name)}</summary><pre>${escape(JSON.stringify(full, null, 2))}</pre></details>`;
      return `<h4>Body <code>${escape(type)}</code></h4>${shown}${schemaText}`;
    })
    .join('');
}

function toResponses({ responses }: OpenApiOperation): string {
  const rows = Object.entries(responses).map(
    ([status, { description }]: [string, OpenApiResponse]) =>
      `<tr><td><code>${escape(status)}</code></td><td>${toText(description)}</td></tr>`,
  );
  return `<h4>Answers</h4><table>${rows.join('')}</table>`;
}

/** A command that can be pasted, with the example as body. */
function toCurl(path: string, method: string, { requestBody }: OpenApiOperation): string {
  const verb = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
  const url = `"$EMCO_URL${path}"`;
  if (requestBody === undefined) return `curl${verb} ${url}`;
  const { content } = requestBody as { readonly content: Readonly<Record<string, Media>> };
  const [[type, media] = ['', {}]] = Object.entries(content);
  const example = toShown(media)[0]?.value;
  if (type === 'multipart/form-data') {
    const metadata = JSON.stringify((example as { readonly metadata?: unknown } | undefined)?.metadata ?? {});
    return `curl${verb} ${url} -F 'metadata=${metadata}' -F file=@FILE`;
  }
  return `curl${verb} ${url} -H 'Content-Type: application/json' -d '${JSON.stringify(example ?? {})}'`;
}

const toAnchor = (tag: string): string => tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** Text with `code` in backticks. */
const toText = (text: string): string => escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? letter);
