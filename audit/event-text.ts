import type { EventField, EventFields } from './leaf-event.ts';

/**
 * How many bytes of UTF-8 of each text an event may carry. A leaf may have 65,535, receivers of syslog need not take more
 * than 8,192 (RFC 5425 §4.3.1), so even if every character had to be escaped the whole event stays below that. What our own
 * leaves hold is shorter. `type` and `outcome` have 63 because CEF's act and outcome have.
 */
const MOST: { readonly [name in EventField]: number } = {
  id: 64,
  type: 63,
  outcome: 63,
  reason: 200,
  process: 64,
  release: 31,
  wf: 128,
  run: 64,
  actor: 190,
  actor_kind: 32,
  target: 190,
  class: 16,
  source: 64,
  policy: 64,
  rule: 64,
};
const MOST_OF_A_SENTENCE = 300;

export interface EventTexts {
  readonly fields: EventFields;
  readonly sentence: string;
  /** Names of the fields whose text is not the leaf's own to the letter. */
  readonly altered: readonly EventField[];
}

/**
 * The texts as they may travel: cut at a whole character, and with U+FFFD in the place of each control character, which
 * receivers would change or break lines at. `kept` are control characters that the format can write.
 */
export function eventTexts({ fields, sentence }: { fields: EventFields; sentence: string }, kept: string): EventTexts {
  const altered: EventField[] = [];
  const safe = Object.entries(MOST).map(([key, most]) => {
    const name = key as EventField; // the keys of MOST are exactly the fields
    const text = fields[name] === undefined ? undefined : safeText(fields[name], most, kept);
    if (text !== fields[name]) altered.push(name);
    return [name, text] as const;
  });
  // A sentence that lost something repeats a field that did; the field's name says so.
  return { fields: Object.fromEntries(safe) as EventFields, sentence: safeText(sentence, MOST_OF_A_SENTENCE, ''), altered };
}

export function safeText(text: string, most: number, kept: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const clean = text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/g, (control) => (kept.includes(control) ? control : '\uFFFD'));
  const bytes = Buffer.from(clean);
  // A decoder that waits for more gives out no part of a character.
  return bytes.length <= most ? clean : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, most), { stream: true });
}
