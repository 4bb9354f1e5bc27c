import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

/**
 * Runs a script of this repository in this process's place, so that signals, terminal and exit code are its own. Where a process
 * cannot be replaced it runs as a child that gets the signals.
 */
export async function become(script: string, args: readonly string[]): Promise<number> {
  const argv = [join(dirname(import.meta.dirname), script), ...args];
  if (process.platform !== 'win32' && process.execve !== undefined) {
    process.execve(process.execPath, [process.execPath, ...argv], process.env);
  }
  const child = spawn(process.execPath, argv, { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  child.once('exit', (code) => resolve(code ?? 1));
  return promise;
}
