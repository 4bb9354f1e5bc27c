/** What the exit code of every command means. The table is the documentation: `emco help exit-codes` prints it. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done' },
  failed: { code: 1, meaning: 'the server refused a request, or the operation failed' },
  usage: { code: 2, meaning: 'the command line or an input file is wrong; nothing was sent for it' },
  unreachable: { code: 3, meaning: 'the server could not be reached, did not answer, or is not ready' },
  timeout: { code: 4, meaning: 'the state waited for did not come within --timeout; the operation goes on' },
  environment: { code: 5, meaning: 'this machine lacks something that the command needs' },
  unauthenticated: { code: 6, meaning: 'the server wants a token, or refuses the one given' },
  interrupted: { code: 130, meaning: 'ended by Ctrl-C' },
} as const;

export type ExitName = keyof typeof exitCodes;

export function describeExitCodes(): string {
  const rows = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`);
  return ['Exit codes of emco:', '', ...rows, ''].join('\n');
}
