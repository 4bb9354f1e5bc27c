/** Renders charts with the real Helm, offline, once per app. */
import { access, constants, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RenderedApp } from '#domain/manifest.ts';
import type { Archives } from '#domain/ports/archives.ts';
import type { RenderRequest, Renderer } from '#domain/ports/plugins.ts';
import type { ParseYamlDocuments } from '#domain/ports/yaml.ts';
import { type ProfiledChart, applyProfile, findChart } from './chart-files.ts';
import { toHelmMessage, toHelmWarnings } from './helm-message.ts';
import { toOverrideArguments } from './override-values.ts';
import { readOutput } from './read-output.ts';
import { failWith, refuse } from './refuse.ts';
import { type RenderLimits, defaultRenderLimits } from './render-limits.ts';
import { type HelmEnd, runHelm } from './run-helm.ts';
import { sortObjects } from './sort-objects.ts';

export interface HelmRendererDeps {
  /** Absolute path of the program. */
  readonly helm: string;
  /** Its version, such as `v3.21.4`; see `readHelmVersion`. */
  readonly version: string;
  readonly archives: Archives;
  readonly parseYaml: ParseYamlDocuments;
  readonly limits?: Partial<RenderLimits>;
  /** Where a folder per rendering is made and removed again; the system's own when absent. */
  readonly tempFolder?: string;
}

/** Raised when the same chart comes out otherwise though Helm stayed the same. */
const formatVersion = 2;

/** What charts see as `.Capabilities.KubeVersion`: said here, since builds of Helm differ in what they take for granted. */
const kubeVersion = 'v1.34.0';

/** When the signal aborts, `render` rejects with the signal's reason. */
export function makeHelmRenderer(deps: HelmRendererDeps): Renderer {
  return {
    fingerprint: `helm ${deps.version} kubernetes ${kubeVersion} format ${formatVersion}`,
    render: (request, signal) => render(deps, request, signal),
  };
}

async function render(deps: HelmRendererDeps, request: RenderRequest, signal: AbortSignal): Promise<RenderedApp> {
  checkRequest(request);
  await checkProgram(deps.helm);
  const chart = await readChart(deps, request);
  signal.throwIfAborted();
  const folder = await mkdtemp(join(deps.tempFolder ?? tmpdir(), 'emco-render-'));
  try {
    await writeChart(folder, chart);
    const overrides = toOverrideArguments(request.overrideValues);
    for (const [name, text] of overrides.files) await writeFile(join(folder, name), text);
    const args = [...toArguments(request, folder, chart), ...overrides.args];
    const end = await run(deps, { request, folder, args, signal });
    const objects = await readOutput({ app: request.app, output: end.stdout, parseYaml: deps.parseYaml });
    const rendered = sortObjects(request.app, objects);
    if (rendered.crds.length + rendered.objects.length + rendered.hooks.length === 0)
      throw refuse(`chart of app ${request.app}`, 'at least one Kubernetes object', 'none rendered');
    return { ...rendered, warnings: [...toHelmWarnings(end.stderr), ...rendered.warnings] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asked each time: under prlimit a missing program would look like a chart that fails. */
async function checkProgram(helm: string): Promise<void> {
  await access(helm, constants.X_OK).catch(() => {
    throw failWith('tool-missing', {
      object: `helm at ${helm}`,
      expected: 'a program that can be started',
      found: 'none',
    });
  });
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** Linux takes 128 KiB for one argument. */
const longestValue = 100_000;

/** What Helm or the kernel would refuse in a less friendly way; values are never shown. */
function checkRequest({ app, release, namespace, overrideValues }: RenderRequest): void {
  const what = `DNS-1123 label`;
  if (!label.test(release) || release.length > 53)
    throw refuse(
      `release name of app ${app}`,
      `a ${what} of at most 53 characters (the group's version)`,
      JSON.stringify(release.slice(0, 80)),
    );
  if (namespace !== '' && (!label.test(namespace) || namespace.length > 63))
    throw refuse(`namespace of app ${app}`, `a ${what}`, JSON.stringify(namespace.slice(0, 80)));
  for (const [key, value] of Object.entries(overrideValues)) {
    const object = `override value ${key.slice(0, 80)} of app ${app}`;
    if (key === '') throw refuse(object, 'a key', 'none');
    if (key.includes('\0') || value.includes('\0')) throw refuse(object, 'text', 'a NUL character');
    if (key.length + value.length > longestValue)
      throw refuse(object, `at most ${longestValue} characters; use the values file of a profile`, `${value.length}`);
  }
}

async function readChart(deps: HelmRendererDeps, { app, chart, profile }: RenderRequest): Promise<ProfiledChart> {
  const own = findChart(await deps.archives.readTarGz(chart, `chart of app ${app}`), app);
  if (profile === null) return { files: own.files, values: null };
  const entries = await deps.archives.readTarGz(profile, `profile of app ${app}`);
  return applyProfile({ app, chart: own, profile: entries, parseYaml: deps.parseYaml });
}

/** Paths come from the archive reader, which refuses those that lead out. */
async function writeChart(folder: string, { files, values }: ProfiledChart): Promise<void> {
  const made = new Set<string>();
  for (const [path, content] of files) {
    const target = join(folder, 'chart', path);
    if (!made.has(dirname(target))) await mkdir(dirname(target), { recursive: true });
    made.add(dirname(target));
    await writeFile(target, content);
  }
  await mkdir(join(folder, 'home'));
  if (values !== null) await writeFile(join(folder, 'values.yaml'), values);
}

interface Run {
  readonly request: RenderRequest;
  readonly folder: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

async function run(deps: HelmRendererDeps, { request, folder, args, signal }: Run): Promise<HelmEnd> {
  const limits = { ...defaultRenderLimits, ...deps.limits };
  const end = await runHelm({
    helm: deps.helm,
    args,
    folder,
    limits,
    signal,
  }).catch((error: unknown) => {
    throw toSpawnFailure(error, request.app);
  });
  signal.throwIfAborted();
  const object = `chart of app ${request.app}`;
  if (end.by === 'time')
    throw failWith('timed-out', {
      object,
      expected: `rendering within ${limits.timeoutMs} ms`,
      found: 'helm still at work',
    });
  if (end.by === 'memory')
    throw refuse(object, `rendering within ${limits.memoryBytes >> 20} MiB of memory`, 'helm needing more');
  if (end.by === 'output') throw refuse(object, `at most ${limits.outputBytes} bytes of manifests`, 'more');
  if (end.exitCode === 0) return end;
  if (end.exitCode === null) throw refuse(object, 'helm to end by itself', 'that the system ended it');
  const { file, text } = toHelmMessage(end.stderr, folder);
  throw refuse(file === '' ? object : `app ${request.app}, file ${file}`, 'a chart that renders', text);
}

function toArguments(request: RenderRequest, folder: string, { values }: ProfiledChart): readonly string[] {
  return [
    'template',
    `--kube-version=${kubeVersion}`,
    request.release,
    join(folder, 'chart'),
    `--namespace=${request.namespace === '' ? 'default' : request.namespace}`,
    '--include-crds',
    ...(values === null ? [] : [`--values=${join(folder, 'values.yaml')}`]),
  ];
}

function toSpawnFailure(error: unknown, app: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'E2BIG')
    return refuse(`override values of app ${app}`, 'values that fit on a command line', 'more; use a profile');
  const found = code === '' ? 'an unknown error' : code;
  return failWith('tool-missing', { object: 'helm', expected: 'a program that can be started', found });
}
