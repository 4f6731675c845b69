/** Temporal's own log lines, in the process's log. */
import type { LogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Errors keep their type and code; their messages may come from a server or a database and name people. */
export function temporalLogger(log: Logger): TemporalLogger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const { error, ...fields } = meta;
    log[LEVELS[level]](error === undefined ? fields : { ...fields, error: shown(error) }, message);
  };
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

/** Our own failures say nothing personal, so that their messages may be kept; of others the name and code are. */
function shown(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  return {
    name,
    code,
    at: stack
      ?.split('\n')
      .slice(1, 4)
      .map((line) => line.trim()),
  };
}
