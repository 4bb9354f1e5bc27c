/** `node workers/main.ts api|worker|all`: server mode. */
import { pino } from 'pino';
import { parseServerConfig, UsageError } from './config.ts';
import { startServer } from './server/start.ts';
import { runUntilAsked, untilAsked } from './until-asked.ts';

async function main(): Promise<number> {
  const config = parseServerConfig(process.argv.slice(2), process.env);
  const log = pino({ level: config.logLevel }, pino.destination(1));
  const asked = untilAsked();
  const server = await startServer({ config, log, environment: process.env });
  log.info({ roles: config.roles, api: server.api }, 'ready');
  const { exitCode, failure } = await runUntilAsked(server, asked);
  if (failure !== '') log.error({ detail: failure }, 'ended');
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`emco: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
process.exit();
