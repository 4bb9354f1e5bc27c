/**
 * The embedded database's own process: `main.ts <folder> <port>`, the clients' password as the first line of standard
 * input. Prints one JSON line, `{"port","postgres"}` or `{"error"}`, and ends when standard input ends (its parent is gone).
 */
import { createInterface } from 'node:readline';
import { stdin, stdout } from 'node:process';

import { Failure } from '#domain/failure.ts';

import { lockFolder } from './lock-folder.ts';
import { openDatabase, postgresMajor } from './open-database.ts';
import { startWireServer } from './wire-server.ts';

const [, , folder = '', port = '0'] = process.argv;

const lines = createInterface({ input: stdin });
const parentGone = new Promise<void>((resolve) => lines.once('close', resolve));
const terminated = new Promise<void>((resolve) => process.once('SIGTERM', resolve));
process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole terminal; clients end first, then the parent ends us

try {
  const password = await new Promise<string>((resolve) => lines.once('line', resolve));
  const lock = lockFolder(folder);
  const database = await openDatabase(folder);
  const server = await startWireServer({ database, port: Number(port), password });
  stdout.write(`${JSON.stringify({ port: server.port, postgres: postgresMajor })}\n`);
  await Promise.race([parentGone, terminated]);
  await server.stop();
  await database.close();
  lock.release();
  process.exit(0);
} catch (error) {
  const message = error instanceof Failure || error instanceof Error ? error.message : String(error);
  stdout.write(`${JSON.stringify({ error: message })}\n`, () => process.exit(1));
}
