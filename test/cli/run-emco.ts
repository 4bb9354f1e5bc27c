import { runCli } from '#cli/program.ts';

export interface EmcoRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the command became, as `emco up` does. */
  readonly became: readonly string[];
}

export interface EmcoOptions {
  readonly server?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command line in this process against a real server; its clock moves only by sleeping, and nobody really sleeps. */
export async function runEmco(
  args: readonly string[],
  { server, stdin = '', env = {} }: EmcoOptions = {},
): Promise<EmcoRun> {
  let out = '';
  let err = '';
  let clock = 0;
  let ids = 0;
  let became: readonly string[] = [];
  const code = await runCli(args, {
    env: { ...(server === undefined ? {} : { EMCO_URL: server }), ...env },
    fetch,
    out: (text) => (out += text),
    err: (text) => (err += text),
    readStdin: async () => stdin,
    sleep: async (milliseconds) => {
      clock += milliseconds;
    },
    now: () => clock,
    newId: () => `id-${(ids += 1)}`,
    findProgram: async (name) => (name === 'git' ? '/usr/bin/git' : null),
    become: async (script, given) => {
      became = [script, ...given];
      return 7;
    },
  });
  return { code, out, err, became };
}
