import { Command, CommanderError } from 'commander';

import { CliError } from './cli-error.ts';
import type { CliDeps } from './cli-deps.ts';
import { addCheck } from './commands/check.ts';
import { addDocumentCommands } from './commands/documents.ts';
import { addEvents } from './commands/events.ts';
import { addGroupReads } from './commands/group-reads.ts';
import { addGroupVerbs } from './commands/group-verbs.ts';
import { addUp } from './commands/up.ts';
import { describeExitCodes, exitCodes } from './exit-codes.ts';

/** Runs one command line; gives its exit code and never throws for what a user can cause. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  let code: number = exitCodes.ok.code;
  const program = toProgram(deps, (ended) => (code = ended));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return toExitCode(error, deps);
  }
}

function toProgram(deps: CliDeps, leave: (code: number) => void): Command {
  const program = new Command('emco')
    .description('Multi-cluster deployment orchestrator: intents in, Git commits and running clusters out.')
    .usage('<command> [arguments]')
    .helpCommand(false)
    .showHelpAfterError('(emco help COMMAND shows what it takes)')
    .addHelpText(
      'after',
      '\nemco help exit-codes lists the exit codes. Data goes to standard output, progress to standard error.',
    );
  // Settings that subcommands take over from the moment that they are made.
  program.exitOverride().configureOutput({ writeOut: deps.out, writeErr: deps.err });
  addUp(program, deps, leave);
  addCheck(program, deps);
  addDocumentCommands(program, deps);
  addGroupVerbs(program, deps);
  addGroupReads(program, deps);
  addEvents(program, deps);
  addHelp(program, deps);
  return program;
}

function addHelp(program: Command, deps: CliDeps): void {
  program
    .command('help [topic]')
    .description('Show help about a command, or about exit-codes.')
    .action((topic: string | undefined) => {
      if (topic === 'exit-codes') return deps.out(describeExitCodes());
      const command = topic === undefined ? program : program.commands.find((one) => one.name() === topic);
      if (command === undefined) throw new CliError('usage', `help: expected a command or exit-codes, found ${topic}`);
      command.outputHelp();
    });
}

function toExitCode(error: unknown, deps: CliDeps): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code;
  if (error instanceof CliError) {
    deps.err(`emco: ${error.message}\n`);
    if (error.advice !== '') deps.err(`emco: ${error.advice}\n`);
    return exitCodes[error.exit].code;
  }
  throw error;
}
