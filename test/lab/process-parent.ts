// Run by process.test.ts: starts a program, says its pid and waits to be killed.
import { startProgram } from '#lab/process/index.ts';

const program = await startProgram({ name: 'child', file: 'sleep', args: ['600'], logFile: process.argv[2] ?? '' });
process.stdout.write(`${program.pid}\n`);
