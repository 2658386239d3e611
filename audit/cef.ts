import { eventTexts, safeText } from './event-text.ts';
import type { LeafEvent, Severity } from './leaf-event.ts';

/** CEF counts 0 to 10; 7 and 8 are high, 4 to 6 medium, 0 to 3 low. */
const SEVERITIES: { readonly [name in Severity]: number } = { error: 8, warning: 6, notice: 3 };
const MOST_OF_A_LOG = 128;
const MOST_OF_A_HOST = 100;

/**
 * One leaf in ArcSight's Common Event Format, version 0 (Implementing ArcSight CEF, revision 25): one line, keys of its
 * dictionary only. Index and hash are never cut; where a text was cut or cleaned, `msg` names it.
 */
export function cefMessage(event: LeafEvent, hostname: string): string {
  const { fields, sentence, altered } = eventTexts(event, '\n\r');
  const header = ['CEF:0', 'Countersign', 'Countersign', fields.release ?? 'unknown', fields.type ?? 'unreadable', sentence];
  const extension = {
    rt: event.at === undefined ? undefined : String(Date.parse(event.at)),
    dvchost: safeText(hostname, MOST_OF_A_HOST, ''),
    deviceProcessName: fields.process,
    suid: fields.actor ?? fields.actor_kind,
    duid: fields.target,
    act: fields.type,
    outcome: fields.outcome,
    reason: fields.reason,
    externalId: String(event.index),
    ...labelled('cs1', 'leafHash', event.hash.toString('base64')),
    ...labelled('cs2', 'workflowId', fields.wf),
    ...labelled('cs3', 'run', fields.run),
    ...labelled('cs4', 'policy', fields.policy),
    ...labelled('cs5', 'logOrigin', safeText(event.log, MOST_OF_A_LOG, '')),
    ...labelled('cs6', 'leafId', fields.id),
    ...labelled('flexString1', 'sourceCommitment', fields.source),
    ...labelled('flexString2', 'targetClass', fields.class),
    msg: altered.length === 0 ? undefined : `Not the leaf's own text to the letter: ${altered.join(', ')}.`,
  };
  const written = Object.entries(extension).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${inExtension(value)}`]));
  return `${[...header.map(inHeader), String(SEVERITIES[event.severity])].join('|')}|${written.join(' ')}`;
}

const labelled = (key: string, label: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [`${key}Label`]: label, [key]: value };

/** A header has no line breaks; a reader splits at each bar that has no backslash before it. */
const inHeader = (text: string): string => text.replaceAll(/[\r\n]/g, ' ').replaceAll(/[\\|]/g, (character) => `\\${character}`);

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '=': '\\=', '\n': '\\n', '\r': '\\r' };
const inExtension = (text: string): string => text.replaceAll(/[\\=\n\r]/g, (character) => ESCAPES[character] ?? character);
