import { tryCommand } from '#lab/resolver/index.ts';
import { join } from 'node:path';

import { DemoFailure } from './demo-failure.ts';

export interface CliContext {
  readonly server: string;
  /** Working folder, as if the user stood there. */
  readonly cwd: string;
  readonly say: (line: string) => void;
}

/** Runs the real command line tool as a user would, shows the line, and gives what it prints. */
export async function runCli(args: readonly string[], { server, cwd, say }: CliContext): Promise<string> {
  const emco = join(import.meta.dirname, '..', '..', 'bin', 'emco.js');
  say(`$ emco ${args.join(' ')}`);
  const { exitCode, stdout, stderr } = await tryCommand([process.execPath, emco, ...args], {
    cwd,
    env: { EMCO_URL: server },
    timeoutMs: 600_000,
  });
  if (exitCode !== 0) throw new DemoFailure(`emco ${args.join(' ')}`, 'exit code 0', `${exitCode}: ${stderr.trim()}`);
  return stdout;
}
