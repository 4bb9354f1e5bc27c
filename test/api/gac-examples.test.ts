import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeCaller } from '#test/support/api-client.ts';
import { seedGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

interface Media {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let database: TestStore;
let api: TestApi;
let http: Caller;
let description: Description;
const ajv = new Ajv2020({ strict: false, validateFormats: false });

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
  description = JSON.parse((await http.get('/openapi.json')).text) as Description;
  ajv.addSchema({ $id: 'emco:', ...description });
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

const operations = (): readonly (Operation & { readonly path: string; readonly method: string })[] =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
  );

const ofGac = () => operations().filter(({ tags }) => tags.includes('Customisation'));

const examplesOf = ({ example, examples = {} }: Media): readonly unknown[] => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples).map(({ value }) => value),
];

/** References count from the whole document. */
const toValidator = (schema: Media['schema']) =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"emco:#/components')) as object);

/** A file as text is what stands in an example; on the way it is bytes. */
interface Sent {
  readonly metadata: { readonly metadata: { readonly name: string } };
  readonly file?: string;
  readonly files?: readonly string[];
}

const bodyOf = (kind: string): Media => {
  const operation = operations().find(({ operationId }) => operationId === `create${kind}`);
  const [media] = Object.values(operation?.requestBody?.content ?? {});
  if (media === undefined) throw new Error(`create${kind}: expected a body, found none`);
  return media;
};

describe('the calls of the generic action controller', () => {
  it('are all described, each with examples of what is sent and what is answered', () => {
    const kinds = ['GenericK8sIntent', 'GenericResource', 'Customization'];
    const ids = kinds.flatMap((kind) => [
      ...['create', 'read', 'replace', 'remove'].map((verb) => `${verb}${kind}`),
      `list${kind}s`,
    ]);
    expect(
      ofGac()
        .map(({ operationId }) => operationId)
        .toSorted(),
    ).toEqual(ids.toSorted());
    for (const { operationId, method, requestBody, responses } of ofGac()) {
      const [body] = Object.values(requestBody?.content ?? {});
      expect(body === undefined ? 0 : examplesOf(body).length, operationId).toBeGreaterThanOrEqual(
        method === 'post' || method === 'put' ? 1 : 0,
      );
      const answers = Object.entries(responses).flatMap(([status, { content }]) =>
        status === '200' || status === '201' ? examplesOf(content?.['application/json'] ?? { schema: {} }) : [],
      );
      expect(answers.length, operationId).toBeGreaterThanOrEqual(method === 'delete' ? 0 : 1);
    }
  });

  it('have examples that are as their schemas say', () => {
    let count = 0;
    for (const { operationId, requestBody, responses } of ofGac()) {
      const contents = [requestBody?.content ?? {}, ...Object.values(responses).map(({ content = {} }) => content)];
      for (const media of contents.flatMap((content) => Object.values(content))) {
        const validate = toValidator(media.schema);
        for (const example of examplesOf(media)) {
          expect(validate(example), `${operationId}: ${ajv.errorsText(validate.errors)}`).toBe(true);
          count += 1;
        }
      }
    }
    expect(count).toBeGreaterThan(40);
  });

  it('take their examples as they stand, and answer as described', async () => {
    const { path } = await seedGroup(http, { project: 'edge', apps: ['web'], clusters: ['c1'] });
    const intents = `${path}/generic-k8s-intents`;
    const [intent] = examplesOf(bodyOf('GenericK8sIntent'));
    expect((await http.post(intents, { json: intent })).status).toBe(201);
    const { name } = (intent as Sent['metadata']).metadata;
    const resources = `${intents}/${name}/resources`;
    await sendAll('GenericResource', resources);
    const [first] = examplesOf(bodyOf('GenericResource')) as readonly Sent[];
    await sendAll('Customization', `${resources}/${first?.metadata.metadata.name ?? ''}/customizations`);
  });
});

async function sendAll(kind: string, path: string): Promise<void> {
  const validate = toValidator({ $ref: `#/components/schemas/${kind}` });
  for (const example of examplesOf(bodyOf(kind)) as readonly Sent[]) {
    const { metadata, file, files = [] } = example;
    const keys = JSON.stringify(metadata).match(/(?<="fileName":")[^"]+/g) ?? [];
    const texts = file === undefined ? files : [file];
    const parts = texts.map(
      (text, at) => [file === undefined ? 'files' : 'file', keys[at] ?? `file-${at}`, text] as const,
    );
    const created = await http.post(path, { metadata, files: parts });
    expect(created.status, created.text).toBe(201);
    const read = await http.get(`${path}/${metadata.metadata.name}`);
    expect(validate(read.json()), ajv.errorsText(validate.errors)).toBe(true);
    expect(read.json()).toMatchObject(metadata);
    expect((await http.put(`${path}/${metadata.metadata.name}`, { metadata, files: parts })).status).toBe(200);
  }
}
