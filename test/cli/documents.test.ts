import { parseDocuments } from '#cli/documents/parse-documents.ts';
import { toRequest } from '#cli/documents/to-request.ts';
import type { DocumentVerb } from '#cli/documents/to-request.ts';
import { expect, test } from 'vitest';

const CA = 'projects/p/composite-apps';
const G = `${CA}/ca/v1/deployment-intent-groups/g`;

/** One YAML document → `METHOD path body`, or `skip`. */
function toLine(yaml: string, verb: DocumentVerb): string {
  const { documents, problems } = parseDocuments({ name: 'x.yaml', folder: '.', text: yaml });
  expect(problems).toEqual([]);
  const [document] = documents;
  if (document === undefined) throw new Error('expected one document');
  const request = toRequest(document, verb);
  return request.method === 'skip' ? 'skip' : `${request.method} ${request.path} ${request.body}`;
}

const anchor = (path: string, rest = ''): string => `resourceContext:\n  anchor: ${path}\n${rest}`;
const named = (name: string): string => `metadata:\n  name: ${name}\n`;

const table: readonly (readonly [string, Readonly<Record<DocumentVerb, string>>])[] = [
  [
    anchor('projects', named('p')),
    {
      apply: 'POST /v2/projects json',
      update: 'PUT /v2/projects/p json',
      get: 'GET /v2/projects/p none',
      delete: 'DELETE /v2/projects/p none',
    },
  ],
  [
    anchor(CA, `${named('ca')}spec:\n  compositeAppVersion: v1\n`),
    {
      apply: `POST /v2/${CA} json`,
      update: `PUT /v2/${CA}/ca/v1 json`,
      get: `GET /v2/${CA}/ca/v1 none`,
      delete: `DELETE /v2/${CA}/ca/v1 none`,
    },
  ],
  [
    anchor(`${CA}/ca/v1/apps`, `${named('web')}file: web.tgz\n`),
    {
      apply: `POST /v2/${CA}/ca/v1/apps form`,
      update: `PUT /v2/${CA}/ca/v1/apps/web form`,
      get: `GET /v2/${CA}/ca/v1/apps/web none`,
      delete: `DELETE /v2/${CA}/ca/v1/apps/web none`,
    },
  ],
  [
    anchor('cluster-providers/edge/clusters/c1/labels', 'clusterLabel: east\n'),
    {
      apply: 'POST /v2/cluster-providers/edge/clusters/c1/labels json',
      update: 'PUT /v2/cluster-providers/edge/clusters/c1/labels/east json',
      get: 'GET /v2/cluster-providers/edge/clusters/c1/labels/east none',
      delete: 'DELETE /v2/cluster-providers/edge/clusters/c1/labels/east none',
    },
  ],
  [
    anchor(`${G}/generic-k8s-intents/i/resources/r/customizations`, named('c')),
    {
      apply: `POST /v2/${G}/generic-k8s-intents/i/resources/r/customizations form`,
      update: `PUT /v2/${G}/generic-k8s-intents/i/resources/r/customizations/c form`,
      get: `GET /v2/${G}/generic-k8s-intents/i/resources/r/customizations/c none`,
      delete: `DELETE /v2/${G}/generic-k8s-intents/i/resources/r/customizations/c none`,
    },
  ],
  [
    anchor(`${G}/instantiate`),
    { apply: `POST /v2/${G}/instantiate none`, update: 'skip', get: 'skip', delete: `POST /v2/${G}/terminate none` },
  ],
  [
    anchor('projects/p/logical-clouds/lc/instantiate'),
    {
      apply: 'POST /v2/projects/p/logical-clouds/lc/instantiate none',
      update: 'skip',
      get: 'skip',
      delete: 'POST /v2/projects/p/logical-clouds/lc/terminate none',
    },
  ],
  [anchor(`${G}/approve`), { apply: `POST /v2/${G}/approve none`, update: 'skip', get: 'skip', delete: 'skip' }],
  [
    anchor(`${G}/status`),
    { apply: `POST /v2/${G}/status none`, update: 'skip', get: `GET /v2/${G}/status none`, delete: 'skip' },
  ],
  [
    anchor(`${G}/rollback`, 'spec:\n  revision: "1"\n'),
    { apply: `POST /v2/${G}/rollback json`, update: 'skip', get: 'skip', delete: 'skip' },
  ],
  [anchor(`${G}/migrate`), { apply: `POST /v2/${G}/migrate none`, update: 'skip', get: 'skip', delete: 'skip' }],
];

test.each(table)('a document becomes the request that EMCO’s client would send: %s', (yaml, expected) => {
  for (const verb of ['apply', 'update', 'get', 'delete'] as const) expect(toLine(yaml, verb)).toBe(expected[verb]);
});

test('a stream of documents passes over empty ones and keeps the line of each', () => {
  const text = `---\n# only a comment\n---\n${anchor('projects', named('a'))}---\n${anchor('/v2/projects/', named('b'))}`;
  const { documents } = parseDocuments({ name: 'x.yaml', folder: '.', text });
  expect(documents.map(({ at, anchor: path }) => [at, path])).toEqual([
    ['x.yaml:4', 'projects'],
    ['x.yaml:9', 'projects'],
  ]);
});

test.each([
  ['- a\n', 'x.yaml:1: expected a map, found a list'],
  ['metadata: {}\n', 'x.yaml:1: resourceContext.anchor: expected a path such as projects/shop, found none'],
  [
    anchor('projects/../x'),
    'x.yaml:1: resourceContext.anchor: expected names between single slashes, found projects/../x',
  ],
  [anchor('projects', 'spec: 1\n'), 'x.yaml:1: spec: expected a map, found a number'],
  [anchor('projects', 'file: a\nfiles: [b]\n'), 'x.yaml:1: file and files: expected one of them, found both'],
  [anchor('projects', 'files: a\n'), 'x.yaml:1: files: expected a list of paths, found a string'],
])('a document that cannot be sent is refused with its line: %s', (text, problem) => {
  expect(parseDocuments({ name: 'x.yaml', folder: '.', text }).problems).toEqual([problem]);
});

test('duplicate keys, broken YAML and alias bombs are problems, not crashes', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
    .split('')
    .map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]\n`)
    .join('')}`;
  for (const text of ['a: 1\na: 2\n', 'a: [\n', `x: "unclosed\n`, bomb]) {
    expect(parseDocuments({ name: 'x.yaml', folder: '.', text }).problems).toHaveLength(1);
  }
});

test('a member that nobody knows is told and passed over, as EMCO’s client passes over it', () => {
  const { documents, warnings } = parseDocuments({
    name: 'x.yaml',
    folder: '.',
    text: anchor('projects', 'medatata: {}\n'),
  });
  expect(documents).toHaveLength(1);
  expect(warnings).toEqual(['x.yaml:1: member medatata is not known and is passed over']);
});
