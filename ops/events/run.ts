import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { readSecret } from '#config';
import { openLog } from '#process-log';
import type { Sender } from '#audit/syslog.ts';
import { recordExport } from '../record-export.ts';
import { Sentence } from '../sentence.ts';
import { openCursor } from './cursor.ts';
import { forward, timingOf } from './follow.ts';
import { asMessage, type Format } from './formats.ts';
import { openHealth } from './health.ts';
import { rangeOf, type End } from './range.ts';
import { connectReceiver, type ReceiverAddress } from './receiver.ts';
import { Contradicted, type TrustedLog } from './trusted-log.ts';

export interface ForwarderOptions {
  readonly state: string;
  readonly log: TrustedLog;
  readonly sender: Sender;
  readonly format: Format;
  /** host:port */
  readonly to: string;
  readonly files: { readonly ca: string; readonly own: { readonly cert: string; readonly key: string } | undefined };
  readonly cursorFile: string;
  /** Where a new cursor begins; the first leaf when absent. */
  readonly begin: End | undefined;
  readonly settleSeconds: number;
  readonly signal: AbortSignal;
}

/** Forwards until the signal. Throws a sentence when it cannot begin, and Contradicted, said in its own line too, when the log is not what it was. */
export async function runForwarder(options: ForwarderOptions): Promise<void> {
  const { state, log, sender, format, to, cursorFile, settleSeconds, signal } = options;
  const address = addressOf(to, options.files);
  const said = openLog('events', 'info').child({ to });
  const cursor = openCursor(cursorFile);
  try {
    const begin = cursor.read()?.next ?? beginOf(log, options.begin);
    await recordExport(state, { exported: { events: format, from: String(begin), receiver: to } });
    let sent = 0;
    await forward(
      {
        log,
        connect: () => connectReceiver(address),
        cursor,
        begin,
        write: asMessage(format, sender),
        health: openHealth(said),
        timing: timingOf(settleSeconds),
        count: () => sent++,
      },
      signal,
    );
  } catch (error) {
    if (error instanceof Contradicted) said.fatal({ alarm: error.message }, 'contradicted');
    throw error;
  } finally {
    cursor.release();
  }
}

function beginOf(log: TrustedLog, begin: End | undefined): bigint {
  if (begin === undefined) return 0n;
  if ('index' in begin) return begin.index;
  return rangeOf(log, log.look(undefined), begin, undefined).from;
}

function addressOf(to: string, { ca, own }: ForwarderOptions['files']): ReceiverAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(to) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || port === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new Sentence(`--to must be host:port, such as siem.example.bank:6514, not ${to}.`);
  const keys = own && { cert: certificateIn(own.cert), key: keyIn(own.key) };
  try {
    createSecureContext(keys);
  } catch {
    throw new Sentence(`${own?.key} is not the key of the certificate in ${own?.cert}, or is no key in PEM without a password.`);
  }
  return { host, port: Number(port), ca: certificateIn(ca), own: keys };
}

function certificateIn(file: string): string {
  if (!existsSync(file)) throw new Sentence(`${file} is not there. Name a file with a certificate in PEM.`);
  const pem = readFileSync(file, 'utf8');
  try {
    // Read to be refused here in a sentence, not at each connection.
    createSecureContext({ ca: new X509Certificate(pem).toString() });
  } catch {
    throw new Sentence(`${file} holds no certificate in PEM.`);
  }
  return pem;
}

function keyIn(file: string): string {
  if (!existsSync(file)) throw new Sentence(`${file} is not there. Name the file of the key that belongs to --cert.`);
  try {
    return readSecret(file).toString('utf8');
  } catch (error) {
    throw new Sentence(error instanceof Error ? error.message : `${file} cannot be read.`);
  }
}
