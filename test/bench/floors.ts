/** What cannot be saved: each chart rendered once, the same files into Git, one push, a bare workflow. No orchestration. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { ensureRepository } from '#lab/git-server/repositories.ts';
import { resolveTool } from '#lab/resolver/index.ts';
import type { EmcoProcess } from './emco-process.ts';
import { git, readBlobs, type TreeFile } from './git-facts.ts';

export interface Floor {
  readonly renderSeconds: number;
  readonly importSeconds: number;
  readonly pushSeconds: number;
  readonly workflowSeconds: number;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Two at a time, as many as there are cores where this was tuned. */
export async function renderFloor(charts: readonly Uint8Array[]): Promise<number> {
  const helm = await resolveTool('helm');
  const folder = await mkdtemp(join(tmpdir(), 'emco-floor-'));
  const files = charts.map((_, index) => join(folder, `${index}.tgz`));
  await Promise.all(charts.map((chart, index) => writeFile(files[index] ?? '', chart)));
  const seconds = await timed(async () => {
    for (let at = 0; at < files.length; at += 2)
      await Promise.all(files.slice(at, at + 2).map((file) => render(helm, file)));
  });
  await rm(folder, { recursive: true });
  return seconds;
}

async function render(helm: string, chart: string): Promise<void> {
  const child = spawn(helm, ['template', 'store', chart], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  const [code]: unknown[] = await once(child, 'close');
  if (code !== 0) throw new Error(`helm template: expected success, found ${String(code)}`);
}

export interface GitFloorRequest {
  readonly emco: EmcoProcess;
  /** The repository that the product wrote. */
  readonly source: string;
  /** Head before and after the operation; before is empty for a new branch. */
  readonly before: string;
  readonly files: readonly TreeFile[];
}

/** The same files on the same parent, imported into a fresh mirror and pushed to a fresh repository on the same server. */
export async function gitFloor(request: GitFloorRequest): Promise<Pick<Floor, 'importSeconds' | 'pushSeconds'>> {
  const { emco, source, before } = request;
  const folder = await mkdtemp(join(tmpdir(), 'emco-floor-'));
  const mirror = join(folder, 'mirror.git');
  const name = `floor-${process.hrtime.bigint()}`;
  const env = { GIT_CONFIG_VALUE_3: `Authorization: Bearer ${emco.gitToken}` };
  const url = `${emco.gitBase}/${name}.git`;
  await mkdir(mirror);
  await git({ gitDir: mirror }, ['init', '--quiet', '--bare', '--initial-branch=main']);
  await ensureRepository(emco.gitFolder, name);
  if (before !== '') {
    await git({ gitDir: mirror }, ['fetch', '--quiet', source, `${before}:refs/heads/main`]);
    await git({ gitDir: mirror, env }, ['push', '--quiet', url, 'refs/heads/main']);
  }
  const stream = toStream(
    request,
    await readBlobs(
      source,
      request.files.map(({ blob }) => blob),
    ),
  );
  const importSeconds = await timed(() => git({ gitDir: mirror }, ['fast-import', '--quiet', '--depth=0'], stream));
  const pushSeconds = await timed(() => git({ gitDir: mirror, env }, ['push', '--quiet', url, 'refs/heads/main']));
  await rm(folder, { recursive: true });
  return { importSeconds, pushSeconds };
}

/** Every distinct content once; where a whole folder is equal to one that stands, a copy of it, which is the least that Git needs. */
function toStream({ before, files }: GitFloorRequest, contents: ReadonlyMap<string, Buffer>): Buffer {
  const parts: (Buffer | string)[] = [];
  const marks = new Map<string, number>();
  for (const [blob, content] of contents) {
    marks.set(blob, marks.size + 1);
    parts.push(`blob\nmark :${marks.size}\ndata ${content.length}\n`, content, '\n');
  }
  parts.push('commit refs/heads/main\ncommitter bench <bench@example> 1700000000 +0000\ndata 5\nbench\n');
  if (before !== '') parts.push(`from ${before}\n`);
  const standing = new Map<string, string>();
  for (const [folder, own] of Map.groupBy(files, ({ path }) => path.slice(0, path.lastIndexOf('/')))) {
    const shape = own.map(({ path, blob }) => `${path.slice(folder.length)} ${blob}`).join('\n');
    const equal = before === '' ? standing.get(shape) : undefined;
    if (equal !== undefined) parts.push(`C ${equal} ${folder}\n`);
    else for (const { path, blob } of own) parts.push(`M 100644 :${marks.get(blob)} ${path}\n`);
    if (own.length > 1) standing.set(shape, folder);
  }
  parts.push('\ndone\n');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

export interface WorkflowFloor {
  seconds(): Promise<number>;
  stop(): Promise<void>;
}

const taskQueue = 'bench-floor';

/** A worker of its own on the same Temporal server, warmed up by one run. */
export async function startWorkflowFloor(emco: EmcoProcess): Promise<WorkflowFloor> {
  const connection = await NativeConnection.connect({ address: emco.temporal });
  const worker = await Worker.create({
    connection,
    namespace: 'emco',
    taskQueue,
    workflowsPath: join(import.meta.dirname, 'floor-workflow.ts'),
    activities: { nothing: async () => undefined },
  });
  const running = worker.run();
  let runs = 0;
  const execute = async (): Promise<void> => {
    runs += 1;
    await emco.client.workflow.execute('eightActivities', {
      taskQueue,
      workflowId: `bench-floor-${process.pid}-${runs}`,
    });
  };
  await execute();
  return {
    seconds: () => timed(execute),
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
