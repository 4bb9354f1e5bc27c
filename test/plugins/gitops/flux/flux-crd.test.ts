import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import type { ClusterKey } from '#domain/group.ts';
import { makeFluxProvider } from '#plugins/gitops/flux/index.ts';
import { toYaml } from '#plugins/yaml/index.ts';

const modules = join(homedir(), 'go/pkg/mod/github.com/fluxcd');
const controllers = { Kustomization: 'kustomize-controller@', GitRepository: 'source-controller@' } as const;
const crds = { Kustomization: 'kustomizations.yaml', GitRepository: 'gitrepositories.yaml' } as const;

interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

/** The definition that the controller's own release carries, or null where its source is not on this machine. */
function findSchema(kind: keyof typeof crds): object | null {
  if (!existsSync(modules)) return null;
  const version = readdirSync(modules).find((name) => name.startsWith(controllers[kind]));
  if (version === undefined) return null;
  const bases = join(modules, version, 'config/crd/bases');
  const file = readdirSync(bases).find((name) => name.endsWith(crds[kind]));
  if (file === undefined) return null;
  const definition = parse(readFileSync(join(bases, file), 'utf8')) as Definition; // the shape of every definition
  return definition.spec.versions.find(({ name }) => name === 'v1')?.schema.openAPIV3Schema ?? null;
}

/** Unknown fields are dropped by the API server in silence; here they are a mistake. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  const isClosed =
    'properties' in closed && !('additionalProperties' in closed) && Object.keys(closed['properties'] ?? {}).length > 0;
  return isClosed ? { ...closed, additionalProperties: false } : closed;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const objects = makeFluxProvider({ sha256, toYaml })
  .agentFiles({
    gid: '1234567890123456789',
    cluster: 'edge+c1' as ClusterKey, // a key as users write it
    namespace: 'shop',
    settings: {
      type: 'fluxcd',
      url: 'https://git.example.org/fleet.git',
      branch: 'main',
      secrets: 'refuse',
      settings: { source: 'own', secretRef: 'creds', timeOut: '120', syncInterval: '60', retryInterval: '15' },
      referenceObject: 'ref',
      resourceObject: 'res',
    },
    apps: [{ app: 'web', hasMain: true, hasCrds: true, hasHooks: true }],
  })
  .flatMap(({ text }) =>
    parseAllDocuments(text ?? '').map((one) => one.toJS() as { kind: keyof typeof crds; metadata: object }),
  ); // ours

it.for(['Kustomization', 'GitRepository'] as const)(
  'writes a %s as the resource definition of Flux wants it',
  (kind, context) => {
    const schema = findSchema(kind);
    context.skip(schema === null, `no source of ${controllers[kind]} under ${modules}; npm run lab:install brings it`);
    const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': true, int64: true } });
    const { properties } = close(schema) as { properties: Record<string, object> }; // a schema of an object
    const validate = ajv.compile({
      ...(close(schema) as object),
      properties: { ...properties, metadata: { type: 'object' } },
    }); // as above
    const mine = objects.filter((one) => one.kind === kind);
    expect(mine).not.toEqual([]);
    for (const object of mine)
      expect({ valid: validate(object), errors: validate.errors }).toEqual({ valid: true, errors: null });
  },
);
