import pino, { type Logger } from 'pino';

export type Log = Logger;

/** The JSON log of one process, a line an event, on standard output. Callers log fixed words, GUIDs and outcomes only. */
export function openLog(process: string, level: 'debug' | 'info' | 'warn' | 'error'): Log {
  return pino({ level, base: { process }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } });
}
