import type { CliDeps } from '#cli/cli-deps.ts';
import type { Command } from 'commander';

/** `emco up` starts everything in this process's place. */
export function addUp(program: Command, deps: CliDeps, leave: (code: number) => void): void {
  program
    .command('up')
    .summary('start emco: API, worker, Temporal with its UI, database and a Git server')
    .description(
      'Starts emco with everything that it needs: API, worker, Temporal with its UI, database and a local Git server. Ctrl-C stops it; all state is in one folder.',
    )
    .option('--data <folder>', 'holds all state (default: ~/.emco)')
    .option('--port <port>', 'port of the API; 0 takes a free one (default: 9015)')
    .option('--address <address>', 'address of the API; others than loopback need EMCO_TOKEN_FILE (default: 127.0.0.1)')
    .option(
      '--status-port <port>',
      "port of EMCO's status notification (gRPC) for `emcoctl watch` (default: not served)",
    )
    .option('--json', 'print one line of JSON when ready')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      leave(await deps.become('workers/up.ts', toArgs(command)));
    });
}

/** The options as they were given, for the other program to judge; those that are not known here stand among the arguments. */
function toArgs(command: Command): string[] {
  const known = command.options.flatMap((option) => {
    const value: unknown = command.getOptionValue(option.attributeName());
    const name = option.long ?? '';
    return typeof value === 'string' ? [name, value] : value === true ? [name] : [];
  });
  return [...known, ...command.args];
}
