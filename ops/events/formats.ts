import { cefMessage } from '#audit/cef.ts';
import type { LeafEvent } from '#audit/leaf-event.ts';
import { syslogMessage, type Sender } from '#audit/syslog.ts';

export const FORMATS = ['syslog', 'cef'] as const;
export type Format = (typeof FORMATS)[number];

/** One event as text; `sequence` counts what was sent since the start, from 0. */
export type Write = (event: LeafEvent, sequence: number) => string;

/** As lines of a file: CEF stands alone there. */
export const asLine = (format: Format, sender: Sender): Write =>
  format === 'syslog' ? (event, sequence) => syslogMessage(event, sequence, sender) : (event) => cefMessage(event, sender.hostname);

/** As messages to a receiver of syslog: CEF is then the message's own part. */
export const asMessage = (format: Format, sender: Sender): Write =>
  format === 'syslog'
    ? asLine(format, sender)
    : (event, sequence) => syslogMessage(event, sequence, sender, cefMessage(event, sender.hostname));
