import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { become } from './become.ts';
import { exitCodes } from './exit-codes.ts';
import { findProgram } from './find-program.ts';
import { runCli } from './program.ts';

process.once('SIGINT', () => process.exit(exitCodes.interrupted.code));
process.stdout.on('error', () => process.exit(exitCodes.ok.code)); // the reader, such as `head`, has seen enough

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  fetch,
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  readStdin: () => text(process.stdin),
  sleep: (milliseconds) => sleep(milliseconds),
  now: () => performance.now(),
  newId: randomUUID,
  findProgram,
  become,
});
