/** Helm as a child process on a leash: time, memory and output are bounded, its environment is its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { RenderLimits } from './render-limits.ts';

export interface HelmRun {
  readonly helm: string;
  readonly args: readonly string[];
  /** A folder of this run alone: home, caches and temporary files are below it. */
  readonly folder: string;
  readonly limits: RenderLimits;
  readonly signal: AbortSignal;
}

export interface HelmEnd {
  /** Why it ended. */
  readonly by: 'itself' | 'time' | 'memory' | 'output' | 'abort';
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const pollMs = 20;
const pageBytes = 4096;

/** @throws the spawn error, such as ENOENT. */
export function runHelm(run: HelmRun): Promise<HelmEnd> {
  const [program = run.helm, ...args] = [...toLeash(run.limits), run.helm, ...run.args];
  const child = spawn(program, args, { cwd: run.folder, env: toEnvironment(run), stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let by: HelmEnd['by'] = 'itself';
    const stop = (reason: HelmEnd['by']): void => {
      if (by === 'itself') by = reason;
      child.kill('SIGKILL');
    };
    const out = collect(child, run.limits.outputBytes, () => stop('output'));
    const timer = setTimeout(() => stop('time'), run.limits.timeoutMs);
    const watch = setInterval(() => {
      if (residentBytes(child.pid) > run.limits.memoryBytes) stop('memory');
    }, pollMs);
    const onAbort = (): void => stop('abort');
    run.signal.addEventListener('abort', onAbort, { once: true });
    if (run.signal.aborted) onAbort();
    const tidy = (): void => {
      clearTimeout(timer);
      clearInterval(watch);
      run.signal.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      tidy();
      reject(error);
    });
    child.once('close', (exitCode) => {
      tidy();
      resolve({ by, exitCode, ...out() });
    });
  });
}

function collect(child: ChildProcess, limit: number, onTooMuch: () => void): () => { stdout: string; stderr: string } {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let total = 0;
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (part: Buffer) => {
      total += part.length;
      if (total > limit) onTooMuch();
      else parts[name].push(part);
    });
  }
  return () => ({ stdout: Buffer.concat(parts.stdout).toString(), stderr: Buffer.concat(parts.stderr).toString() });
}

/**
 * Where util-linux is, the kernel ends a run whose worker died: processor time is bounded besides our own clock. The
 * child keeps its process id, since prlimit replaces itself.
 */
function toLeash({ timeoutMs }: RenderLimits): readonly string[] {
  const prlimit = ['/usr/bin/prlimit', '/bin/prlimit'].find((path) => existsSync(path));
  return prlimit === undefined ? [] : [prlimit, `--cpu=${Math.ceil(timeoutMs / 1_000) * 4}`, '--core=0'];
}

/** 0 where /proc is missing; there GOMEMLIMIT is the only brake. */
function residentBytes(pid: number | undefined): number {
  try {
    const [, pages = '0'] = readFileSync(`/proc/${pid ?? 0}/statm`, 'latin1').split(' ');
    return Number(pages) * pageBytes;
  } catch {
    return 0;
  }
}

/** Nothing of the worker's environment: no credentials, no plugins, no cluster, no user's Helm settings. */
function toEnvironment({ folder, limits }: HelmRun): Record<string, string> {
  const home = join(folder, 'home');
  return {
    HOME: home,
    TMPDIR: folder,
    PATH: ['/usr/bin', '/bin'].join(delimiter),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    KUBECONFIG: join(home, 'no-kubeconfig'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'no-plugins'),
    HELM_NO_PLUGINS: '1',
    GOGC: '50',
    GOMAXPROCS: '2',
    ...(existsSync('/proc/self/statm') ? {} : { GOMEMLIMIT: String(limits.memoryBytes) }),
  };
}
