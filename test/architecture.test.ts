import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWorkflowBundle } from '#workers/bundle.ts';
import { readSources, type SourceFile, toSource } from '#test/support/source-tree.ts';

const sources = await readSources();
const inside = (...folders: readonly string[]): readonly SourceFile[] =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));
const product = sources.filter(({ path }) => !/^(test|docs)\//.test(path) && !/^plugins\/[^/]+\/suite/.test(path));

/** `path: finding` of every file in which the pattern is found. */
const findings = (files: readonly SourceFile[], pattern: RegExp, of: 'code' | 'spoken' = 'code'): readonly string[] =>
  files.flatMap(
    (file) =>
      file[of]
        .match(pattern)
        ?.slice(0, 1)
        .map((found) => `${file.path}: ${found.trim()}`) ?? [],
  );

const importers = (pattern: RegExp, files: readonly SourceFile[] = product): readonly string[] =>
  files.filter(({ imports }) => imports.some((one) => pattern.test(one))).map(({ path }) => path);

/** What a folder may import besides `./x.ts`. */
const importRules: Readonly<Record<string, RegExp>> = {
  domain: /^#domain\//,
  workflows: /^(#domain\/|#workflows\/|@temporalio\/(workflow|common)$)/,
  activities: /^(#domain\/|#activities\/|@temporalio\/activity$|node:)/,
  plugins: /^(#domain\/|node:|(?!@temporalio\/|#|\.)[@a-z])/,
  api: /^(#domain\/|#api\/|#workflows\/messages\.ts$|@temporalio\/(client|common)$|node:|(express|zod|busboy|pino|prom-client|@grpc\/grpc-js|protobufjs)$)/,
  workers: /^(#package\.json$|#(domain|workflows|activities|plugins|api|workers|lab)\/|(?!#|\.)[@a-z])/,
  cli: /^(#cli\/|node:|(commander|yaml)$)/,
  lab: /^(#lab\/|#cli\/|node:|(?!@temporalio\/|#|\.)[@a-z])/,
};

describe('the scanner that the rules below stand on', () => {
  const scan = (text: string): readonly string[] => toSource('x.ts', text).imports;

  it('sees every way to import', () => {
    const text = [
      "import a from 'one';",
      'import type { B } from "two";',
      "import {\n  c,\n  d,\n} from './three.ts';",
      "import 'four';",
      "export { e } from 'five';",
      "export * from 'six';",
      "const f = await import('seven');",
      "type G = import('eight').G;",
      'const h = import(name);',
      'const i = import(`./${name}.ts`);',
    ].join('\n');
    expect(scan(text).toSorted()).toEqual(
      ['./three.ts', '?', '?', 'eight', 'five', 'four', 'one', 'seven', 'six', 'two'].toSorted(),
    );
  });

  it('takes neither comments nor strings for code', () => {
    const { imports, code } = toSource('x.ts', "// import a from 'one'\n/* any */ const b = 'any'; // any\n");
    expect(imports).toEqual([]);
    expect(code).not.toMatch(/any/);
  });

  it('found the whole tree', () => {
    expect(sources.length).toBeGreaterThan(300);
    for (const folder of Object.keys(importRules)) expect(inside(folder).length, folder).toBeGreaterThan(5);
  });
});

describe('imports', () => {
  it.each(Object.entries(importRules))('of %s keep to its rule', (folder, allowed) => {
    const isAllowed = (one: string): boolean => one.startsWith('./') || allowed.test(one);
    const files = inside(folder).filter((file) => product.includes(file));
    const wrong = files.flatMap(({ path, imports }) =>
      imports.filter((one) => !isAllowed(one)).map((one) => `${path}: ${one}`),
    );
    expect(wrong).toEqual([]);
  });

  it('never leave their folder by a path, and those of the product never hide behind an expression', () => {
    const climb = sources.flatMap(({ path, imports }) =>
      imports.filter((one) => /(^|\/)\.\.\//.test(one)).map((one) => `${path}: ${one}`),
    );
    expect(climb).toEqual([]);
    expect(importers(/^\?$/)).toEqual([]);
  });

  it('of plugins come from the file that puts the parts together, and from nowhere else', () => {
    expect(importers(/^#plugins\//)).toEqual(['workers/wiring.ts']);
  });

  it('of a plugin’s inner files come from nobody: others see its index', () => {
    const wrong = product.flatMap(({ path, imports }) =>
      imports
        .filter((one) => one.startsWith('#plugins/') && !one.endsWith('/index.ts'))
        .map((one) => `${path}: ${one}`),
    );
    expect(wrong).toEqual([]);
  });

  it('of the strategic merge stay in its folder, so that it can be published as it is', () => {
    const own = inside('plugins/action/gac/strategic-merge');
    expect(own.length).toBeGreaterThan(5);
    expect(own.flatMap(({ imports }) => imports).filter((one) => !/^\.\/[^/]+$/.test(one))).toEqual([]);
  });

  it('of the conformance suites come from tests only', () => {
    expect(importers(/^#plugins\/[^/]+\/suite/)).toEqual([]);
    expect(importers(/^vitest/)).toEqual(['vitest.config.ts']);
  });

  it('of the lab’s servers come from the embedded mode only: a server takes the resolver of programs alone', () => {
    const servers = importers(/^#lab\/(?!resolver\/)/).filter((path) => !path.startsWith('lab/'));
    expect(servers.filter((path) => !path.startsWith('workers/embedded/'))).toEqual([]);
  });
});

describe('nobody but one', () => {
  it.each([
    ['loads the Kubernetes client', /^@kubernetes\/client-node/, /^plugins\/api-server\/kubernetes\//],
    ['opens PGlite’s folder', /^@electric-sql\/pglite/, /^workers\/pglite\//],
    ['talks to PostgreSQL', /^pg$/, /^(plugins\/store\/postgres\/|lab\/postgres\.ts$)/],
    ['patches JSON by somebody else’s code', /^fast-json-patch/, /^plugins\/action\//],
    ['runs Temporal workers', /^@temporalio\/worker/, /^workers\//],
    ['serves HTTP by express', /^express$/, /^api\//],
  ])('%s', (_, vendor, home) => {
    const users = importers(vendor);
    expect(users).not.toEqual([]);
    expect(users.filter((path) => !home.test(path))).toEqual([]);
  });

  it('reads the environment but the entry points, the CLI’s process and the lab’s programs', () => {
    const readers = product.filter(({ code }) => /\bprocess\.env\b/.test(code)).map(({ path }) => path);
    const allowed = /^(workers\/(up|main)\.ts|cli\/(main|become|find-program)\.ts|lab\/.*\.ts)$/;
    expect(readers.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('pushes to Git but one function', () => {
    const pushers = product
      .filter(({ spoken }) => /\[\s*['"]push['"]|\bgit push\b/.test(spoken))
      .map(({ path }) => path);
    expect(pushers.filter((path) => !path.startsWith('lab/'))).toEqual(['plugins/deployer/git/mirror.ts']);
  });
});

describe('what is nowhere', () => {
  it('a push that overwrites: a lease is the only force', () => {
    const deployer = inside('plugins/deployer/git');
    const pushers = deployer.filter(({ spoken }) => /['"]push['"]/.test(spoken));
    expect(findings(pushers, /['"`](--force(?!-with-lease)[^'"`]*|-f)['"`]/, 'spoken')).toEqual([]);
    expect(findings(deployer, /['"`]\+[^'"`]*:refs\/heads/, 'spoken')).toEqual([]);
  });

  it('a file named kustomization.yaml that emco writes: only its guards know the name', () => {
    const guards = new Set([
      'lab/kubernetes/nodes.ts',
      'plugins/deployer/git/bootstrap.ts',
      'plugins/deployer/git/check-change.ts',
    ]);
    const named = findings(product, /kustomization\.ya?ml/i, 'spoken').map((one) => one.split(':', 1)[0] ?? '');
    expect(named.filter((path) => !guards.has(path))).toEqual([]);
  });

  it('order that is left to an agent', () => {
    expect(findings(inside('plugins/gitops', 'domain', 'activities'), /dependsOn|sync-wave/, 'spoken')).toEqual([]);
  });

  it('the name of a plugin in shared code', () => {
    const shared = inside('domain', 'workflows', 'activities');
    expect(findings(shared, /['"`](fluxcd|fluxv2|flux|azureArcV2|anthos|argocd|gac|helm)['"`]/, 'spoken')).toEqual([]);
  });

  it('time, chance, timers of Node or its process in workflows', () => {
    const banned = /\bDate\b|\bMath\.random\b|\bprocess\b|\bsetTimeout\b|\bsetInterval\b|\bconsole\b|\bglobalThis\b/;
    expect(findings(inside('workflows'), banned)).toEqual([]);
  });

  it('time, chance or timers in the domain', () => {
    const banned = /\bDate\.now\b|new Date\(\)|\bMath\.random\b|\bsetTimeout\b|\bprocess\b|\bconsole\b/;
    expect(findings(inside('domain'), banned)).toEqual([]);
  });

  it('manifests or lists of clusters in what crosses the border of a workflow', () => {
    const border = sources.filter(({ path }) => path === 'domain/steps.ts' || path === 'workflows/messages.ts');
    expect(border).toHaveLength(2);
    expect(findings(border, /\b(ClusterKey|KubernetesObject|Bundle|ManifestFile|TargetRow|StepTarget|Plan)\b/)).toEqual(
      [],
    );
  });

  it('locks in the database by agreement', () => {
    expect(findings(inside('plugins/store'), /advisory/i, 'spoken')).toEqual([]);
  });

  it('credentials in the arguments of git', () => {
    expect(
      findings(inside('plugins/deployer/git'), /https?:\/\/\$\{[^}]*(token|password|userName)/i, 'spoken'),
    ).toEqual([]);
  });
});

describe('every file', () => {
  it('has at most 300 lines', () => {
    expect(sources.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('is named in kebab-case', () => {
    const isKebab = (path: string): boolean =>
      path.split('/').every((name) => /^[a-z0-9]+([.-][a-z0-9]+)*$/.test(name));
    expect(sources.map(({ path }) => path).filter((path) => !isKebab(path))).toEqual([]);
  });

  it('exports by name, never by default and never all at once', () => {
    const own = sources.filter(({ path }) => path !== 'vitest.config.ts');
    expect(findings(own, /^\s*export\s+(default\b|\*)/m)).toEqual([]);
  });

  it('does without `any`, enums, namespaces, decorators and switched-off checks', () => {
    expect(findings(sources, /[:<,|&(]\s*any\b(?!\s*[:(])|\bas\s+any\b/)).toEqual([]);
    expect(findings(sources, /^\s*(export\s+)?(const\s+)?(enum|namespace)\s+\w/m)).toEqual([]);
    expect(findings(sources, /^\s*@\w+\(/m)).toEqual([]);
    const comments = sources.filter(({ path }) => path !== 'test/architecture.test.ts');
    const switchedOff = comments.filter(({ text }) =>
      /@ts-(ignore|expect-error|nocheck)|(ox|es)lint-disable/.test(text),
    );
    expect(switchedOff.map(({ path }) => path)).toEqual([]);
  });

  it('names no package registry', () => {
    const hosts = /registry\.(npmjs|yarnpkg)|\b(docker|ghcr|quay|gcr)\.io\b|proxy\.golang\.org|pypi\.org/;
    const own = sources.filter(({ path }) => path !== 'test/architecture.test.ts');
    expect(own.filter(({ text }) => hosts.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the bundle of the workflows', () => {
  it('holds our two sandboxed folders and Temporal, nothing that parses or reads, in less than 2.5 MB', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'emco-bundle-'));
    try {
      const { code } = await loadWorkflowBundle(cache);
      const modules = [...code.matchAll(/^\/\*{3}\/ "([^"]+)"/gm)].map(([, name = '']) => name);
      expect(modules.length).toBeGreaterThan(20);
      const known =
        /^\.\/(workflows|domain|node_modules\/(@temporalio\/(workflow|common)|nexus-rpc|long|ms))\/|^\?|autogenerated/;
      expect(modules.filter((name) => !known.test(name))).toEqual([]);
      expect(code).not.toMatch(/node_modules\/(zod|yaml|js-yaml|fast-json-patch)\//);
      expect(code).not.toMatch(/require\(["']node:/);
      expect(code.length).toBeLessThan(2_500_000);
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  });
});
