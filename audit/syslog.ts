import { eventTexts, safeText } from './event-text.ts';
import type { LeafEvent, Severity } from './leaf-event.ts';

/** Who sends: the host's name, and the private enterprise number under which our structured data is registered (RFC 5424 §6.3.2). */
export interface Sender {
  readonly hostname: string;
  /** Decimal. 32473 is the number of documentation (RFC 5612). */
  readonly enterprise: string;
}

/** Facility 13, log audit (RFC 5424 §6.2.1, table 1). */
const LOG_AUDIT = 13;
const SEVERITIES: { readonly [name in Severity]: number } = { error: 3, warning: 4, notice: 5 };
const MOST_OF_A_LOG = 128;

/**
 * One leaf as a syslog message, RFC 5424, at most 8,192 bytes, without line breaks. The message's own part is a sentence
 * in UTF-8 after its mark, or `body` without the mark: a receiver that looks for CEF looks at the first byte. `sequence`
 * counts the messages of this sender since it started, from 0. Index and hash are never cut; a text that was cut or
 * cleaned is named in `altered`.
 */
export function syslogMessage(event: LeafEvent, sequence: number, { hostname, enterprise }: Sender, body?: string): string {
  const { fields, sentence, altered } = eventTexts(event, '');
  const header = [
    `<${LOG_AUDIT * 8 + SEVERITIES[event.severity]}>1`,
    event.at ?? '-',
    headerText(hostname, 255),
    'countersign',
    headerText(fields.process, 128),
    headerText(fields.type, 32),
  ].join(' ');
  const structured = [
    // The leaf's time is UTC. An offset that chrony measured is no bound of the error, so no syncAccuracy is claimed (§7.1.3).
    element('timeQuality', { tzKnown: '1', isSynced: event.isSynced === undefined ? undefined : event.isSynced ? '1' : '0' }),
    element('meta', { sequenceId: String((sequence % 2_147_483_647) + 1) }),
    element('origin', { software: 'Countersign', swVersion: fields.release }),
    element(`countersign@${enterprise}`, {
      log: safeText(event.log, MOST_OF_A_LOG, ''),
      index: String(event.index),
      leaf: event.hash.toString('base64'),
      id: fields.id,
      type: fields.type,
      outcome: fields.outcome,
      reason: fields.reason,
      wf: fields.wf,
      run: fields.run,
      actor: fields.actor,
      actor_kind: fields.actor_kind,
      target: fields.target,
      class: fields.class,
      source: fields.source,
      policy: fields.policy,
      rule: fields.rule,
      altered: altered.length === 0 ? undefined : altered.join(' '),
    }),
  ].join('');
  return `${header} ${structured} ${body ?? `\uFEFF${sentence}`}`;
}

/** The message as it goes over TLS: its length in octets, a space, itself (RFC 5425 §4.3). */
export function octetCounted(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/** Printable ASCII without spaces (PRINTUSASCII), or the NILVALUE. The type is whole in the structured data. */
const headerText = (text: string | undefined, most: number): string => (text ?? '').replaceAll(/[^!-~]/g, '?').slice(0, most) || '-';

function element(id: string, params: Record<string, string | undefined>): string {
  const written = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escaped(value)}"`]));
  return `[${id}${written.join('')}]`;
}

/** PARAM-VALUE, RFC 5424 §6.3.3. */
const escaped = (value: string): string => value.replaceAll(/["\\\]]/g, (character) => `\\${character}`);
