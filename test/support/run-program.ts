/** A program beside emco, such as a controller that a user would write; what it says is kept for the test's messages. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunningProgram {
  readonly output: () => string;
  stop(): Promise<void>;
}

export function runProgram(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): RunningProgram {
  const [file, ...args] = command;
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  const keep = (part: Buffer): void => void (output += part.toString());
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => void (output += error.message));
  return {
    output: () => output,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
