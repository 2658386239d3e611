import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import type { Log } from '#process-log';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Temporal's own log lines, in the same JSON. Errors of activities were replaced before they come here (closed-failures.ts). */
export function temporalLogger(log: Log, level: 'debug' | 'info' | 'warn' | 'error'): DefaultLogger {
  return new DefaultLogger(level.toUpperCase() as 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', (entry: LogEntry) => {
    const { error, ...meta } = entry.meta ?? {};
    const failure = error instanceof Error ? { failure: error.name, words: error.message } : {};
    log[LEVELS[entry.level]]({ ...meta, ...failure }, entry.message);
  });
}
