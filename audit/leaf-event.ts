import { LEAF_TYPES } from '#domain/leaf-types.ts';
import { titleOf } from '#domain/leaf-words.ts';
import { canonicalOrNothing, type Json } from '#evidence/jcs.ts';
import { leafHash } from '#evidence/merkle-tree.ts';

/**
 * One leaf as a monitoring system is told of it: its place in the log, and the members that answer who, what, when and
 * about whom. The leaf stays the evidence; index and hash lead back to it. People are here as the leaf has them, by SID
 * and GUID; names and addresses are in a leaf only as commitments, and so they are here.
 */
export interface LeafEvent {
  /** Origin of the log. */
  readonly log: string;
  readonly index: bigint;
  /** RFC 6962 leaf hash of the bytes in the log. */
  readonly hash: Buffer;
  /** The leaf's own time, RFC 3339 in UTC with milliseconds; undefined where the leaf says none that can be read. */
  readonly at: string | undefined;
  /** What the leaf itself says of its host's clock: only `clock.tracking` does. */
  readonly isSynced: boolean | undefined;
  readonly severity: Severity;
  readonly sentence: string;
  readonly fields: EventFields;
}

export type Severity = 'error' | 'warning' | 'notice';

/** Texts as the leaf has them, of any length and with any character. */
export type EventFields = { readonly [name in EventField]: string | undefined };
export type EventField =
  | 'id'
  | 'type'
  | 'outcome'
  | 'reason'
  | 'process'
  | 'release'
  | 'wf'
  | 'run'
  | 'actor'
  | 'actor_kind'
  | 'target'
  | 'class'
  | 'source'
  | 'policy'
  | 'rule';

export const UNREADABLE = 'The log holds something here that cannot be read as a leaf.';

/**
 * Reads any entry of a log. A leaf of a newer release keeps its general members, and one that cannot be read at all is
 * still an event with index and hash: nothing that the log holds is left out. Never throws.
 */
export function leafEvent(log: string, index: bigint, bytes: Uint8Array): LeafEvent {
  const leaf = membersOf(canonicalOrNothing(bytes));
  const fields = fieldsOf(leaf);
  const { type, outcome } = fields;
  return {
    log,
    index,
    hash: leafHash(bytes),
    at: timeOf(membersOf(leaf['t'])['wall']),
    isSynced: type === 'clock.tracking' && outcome !== 'unknown' ? outcome === 'success' : undefined,
    severity: severityOf(type, outcome),
    sentence: sentenceOf(fields, textOf(membersOf(leaf['do'])['state'])),
    fields,
  };
}

type Members = { readonly [key: string]: Json };

function fieldsOf(leaf: Members): EventFields {
  const [by, wf, actor] = [membersOf(leaf['by']), membersOf(leaf['wf']), membersOf(membersOf(leaf['who'])['actor'])];
  const [target, policy] = [membersOf(leaf['target']), membersOf(leaf['policy'])];
  return {
    id: textOf(leaf['id']),
    type: textOf(leaf['type']),
    outcome: textOf(leaf['outcome']),
    reason: textOf(leaf['reason']),
    process: textOf(by['process']),
    release: textOf(by['release']),
    wf: textOf(wf['id']),
    run: textOf(wf['run']),
    actor: actorOf(actor),
    actor_kind: textOf(actor['type']),
    target: textOf(target['sid']) ?? textOf(target['guid']),
    class: typeof target['privileged'] === 'boolean' ? (target['privileged'] ? 'protected' : 'standard') : undefined,
    source: textOf(membersOf(leaf['src'])['ip_c']),
    policy: textOf(policy['sha256']),
    rule: textOf(policy['rule']),
  };
}

/** A person by SID, or by GUID where the leaf has no SID; a process or the machine's operator in the form that the console has too. Of a kind that is not known here only what is no name. */
function actorOf(actor: Members): string | undefined {
  const { type, name, uid, sid, guid } = actor;
  if (type === 'service') return textOf(name) && `service:${textOf(name)}`;
  if (type === 'operator') return textOf(uid) && `operator:${textOf(uid)}`;
  return textOf(sid) ?? textOf(guid);
}

const membersOf = (value: Json | undefined): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function timeOf(wall: Json | undefined): string | undefined {
  // Date reads other forms too, some of them by the zone of this machine; a leaf has one form.
  if (typeof wall !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(wall)) return undefined;
  const time = new Date(wall);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** What stops the product or shows that a process lied, what sets a safeguard aside, and what people are called for; a write of which nobody knows the end. */
const ERRORS = new Set(['quorum.lost', 'write.refused', 'alarm.raised', 'break-glass.signed', 'break-glass.refused']);
const ROUTINE = new Set(['success', 'started', 'expired']);

function severityOf(type: string | undefined, outcome: string | undefined): Severity {
  if (type !== undefined && (ERRORS.has(type) || (type === 'write.result' && outcome === 'unknown'))) return 'error';
  return outcome !== undefined && ROUTINE.has(outcome) ? 'notice' : 'warning';
}

function sentenceOf({ type, outcome, reason }: EventFields, state: string | undefined): string {
  if (type === undefined) return UNREADABLE;
  const said = Object.hasOwn(LEAF_TYPES, type)
    ? titleOf(type, outcome ?? '', state)
    : `A leaf of the type ${type}, which is not known here`;
  return `${said}${reason === undefined ? '' : `: ${reason}`}.`;
}
