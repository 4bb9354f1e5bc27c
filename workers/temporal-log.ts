/** Temporal's own messages in our log; once per process. */
import { DefaultLogger, type LogLevel, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Every queue but one has activities only, which the SDK warns about at each start. */
const expected = 'No workflows registered';

export function installTemporalLog(log: Logger): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    if (message.startsWith(expected)) return;
    log[toPinoLevel(level)]({ ...toPlain(meta) }, message);
  });
  Runtime.install({ logger });
}

function toPinoLevel(level: LogLevel): 'debug' | 'warn' | 'error' {
  if (level === 'ERROR') return 'error';
  return level === 'WARN' ? 'warn' : 'debug';
}

/** Names only: what activities were given or threw is the history's, not the log's. */
function toPlain(
  meta: Readonly<Record<string | symbol, unknown>> | undefined,
): Readonly<Record<string, string | number>> {
  const names = ['taskQueue', 'workflowId', 'workflowType', 'activityType', 'attempt', 'state'];
  return Object.fromEntries(
    names.flatMap((name): [string, string | number][] => {
      const value = meta?.[name];
      return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
    }),
  );
}
