/** `emco up`: everything embedded, until Ctrl-C. Prints where it is; with --json one line of JSON when ready. */
import { pino } from 'pino';
import { parseEmbeddedConfig, UsageError } from './config.ts';
import { type ReadyLine, startEmbedded } from './embedded/start.ts';
import { runUntilAsked, untilAsked } from './until-asked.ts';

function print(ready: ReadyLine, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    return;
  }
  const lines = [
    'emco is ready.',
    `  API           ${ready.api}   (documentation: ${ready.api}/docs)`,
    `  Temporal UI   ${ready.temporalUi}   (namespace ${ready.namespace})`,
    `  Temporal      ${ready.temporal}   (for controllers of your own)`,
    `  Git           ${ready.git}   (user ${ready.gitUser}, token in ${ready.gitTokenFile})`,
    `  Data          ${ready.data}`,
    'Ctrl-C stops it; nothing is lost.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<number> {
  const config = parseEmbeddedConfig(process.argv.slice(2), process.env);
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const asked = untilAsked();
  const embedded = await startEmbedded({ config, log, environment: process.env });
  print(embedded.ready, config.json);
  const { exitCode, failure } = await runUntilAsked(embedded, asked);
  if (failure !== '') log.error({ detail: failure }, 'emco has ended');
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`emco up: ${message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
process.exit();
