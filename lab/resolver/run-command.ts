import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Another system user to run as (only root may). */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Written to the command's standard input. */
  readonly input?: string;
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end and collects what it says; rejects only when it cannot be started. */
export async function tryCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file = '', ...args] = argv;
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs,
    ...options.user,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.on('error', (error) => reject(new Error(`${file}: cannot be started: ${error.message}`, { cause: error })));
  child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  child.stdin.on('error', () => undefined); // a child that does not read its input is fine
  child.stdin.end(options.input ?? '');
  return promise;
}

/** Runs a command that must succeed and returns its standard output. */
export async function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await tryCommand(argv, options);
  if (result.exitCode === 0) return result.stdout;
  const last = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-8).join('\n');
  throw new Error(`${nameOf(argv)} ended with ${result.exitCode ?? 'a signal'}: ${last}`);
}

/** Enough of a command line to know it by: short words only, no scripts. */
function nameOf(argv: readonly string[]): string {
  return argv
    .slice(0, 5)
    .filter((word) => word.length < 80)
    .join(' ');
}

/** Whether a program of this name can be started. */
export async function isRunnable(argv: readonly string[]): Promise<boolean> {
  try {
    return (await tryCommand(argv, { timeoutMs: 20_000 })).exitCode === 0;
  } catch {
    return false;
  }
}
