import type { ExitName } from './exit-codes.ts';

/** Ends a command: what is wrong, what to do next, and the exit code that scripts see. */
export class CliError extends Error {
  readonly exit: ExitName;
  /** A sentence that says what to do next; empty when nothing sensible can be said. */
  readonly advice: string;

  constructor(exit: ExitName, message: string, advice = '') {
    super(message);
    this.name = 'CliError';
    this.exit = exit;
    this.advice = advice;
  }
}
