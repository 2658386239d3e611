import type { LeafOutcome, LeafType } from '#domain/leaf-types.ts';
import type { Json } from '#evidence/jcs.ts';
import { commit, commitment as commitmentOf, encodeLeaf, type ActorInLeaf, type AuthInLeaf } from '#evidence/leaf.ts';
import { bootId, monotonicNanoseconds, release } from './host.ts';
import { lockHead, type Head } from './leaf-head.ts';
import { writeLeaf, writeLeaves, type LeafRow, type OpeningRow } from './leaf-rows.ts';
import { uuidv7 } from './uuid.ts';
import type { Transaction } from './client.ts';

export type Actor = ActorInLeaf;
export type Auth = AuthInLeaf;

/** Somebody in the directory, with what an audit needs of them for ever. */
export interface Account {
  guid: string;
  sid: string | null;
  /** Of the protected class; absent where nobody looked. */
  privileged?: boolean;
}

/** What a caller knows about one thing that happened. Personal data goes into `personal` and is only committed to. */
export interface NewLeaf {
  type: LeafType;
  outcome: LeafOutcome;
  reset?: string;
  /** Where in which workflow: see activities/record-leaf.ts. */
  workflow?: { ns?: string; id: string; run: string; activity?: string; attempt?: number };
  run?: string;
  update?: string;
  actor?: Actor;
  /** The account concerned; in a reset, the reset's own account when absent. */
  account?: Account | undefined;
  reason?: string;
  policy?: { sha256: string; rule: string | null };
  /** Facts without personal data. 64-bit numbers as decimal text. */
  do?: Record<string, Json>;
  /** The leaf holds salted commitments of these, the openings an erasable table. */
  personal?: { name?: string; address?: string; device?: string; filter?: string; shown?: Committed };
}

/** A value whose commitment was made, and signed, before the leaf. */
export interface Committed {
  value: string;
  salt: Uint8Array;
}

/** Where in the leaf each piece of personal data is committed to. */
const PLACES = {
  name: ['target', 'name_c'],
  address: ['src', 'ip_c'],
  device: ['do', 'device_c'],
  filter: ['do', 'filter_c'],
  shown: ['do', 'shown_c'],
} as const;

/**
 * Writes a leaf into the outbox within the caller's transaction, so that an effect in our database and its leaf exist
 * together or not at all. Leaves of one reset are chained (`wseq`, `prev`) under a row lock. Returns the leaf's id.
 */
export async function appendLeaf(tx: Transaction, leaf: NewLeaf, process: string): Promise<string> {
  const head = leaf.reset ? await lockHead(tx, leaf.reset) : undefined;
  const { row, openings } = rowOf(leaf, head, process);
  const end = leaf.reset && head ? { reset: leaf.reset, wseq: head.wseq + 1 } : undefined;
  // A reset waits for the witnesses of its intent, and nobody for those of any other leaf.
  const topics = [leaf.reset ? `resets:${leaf.reset}` : `audit:${row.id}`, ...(leaf.type === 'intent' ? [`intents:${row.id}`] : [])];
  await writeLeaf(tx, row, { openings, end, topics });
  return row.id;
}

/** The same for many leaves of one reset, in this order, with as many statements as one leaf takes. */
export async function appendLeaves(tx: Transaction, reset: string, leaves: readonly NewLeaf[], process: string): Promise<void> {
  if (leaves.length === 0) return;
  const head = await lockHead(tx, reset);
  const rows: LeafRow[] = [];
  const all: OpeningRow[] = [];
  for (const leaf of leaves) {
    const before = { ...head, wseq: head.wseq + rows.length, hash: rows.at(-1)?.hash ?? head.hash };
    const { row, openings } = rowOf({ ...leaf, reset }, before, process);
    rows.push(row);
    all.push(...openings);
  }
  await writeLeaves(tx, rows, { openings: all, end: { reset, wseq: head.wseq + rows.length } });
}

/** A leaf as its table keeps it, behind the end of its reset's chain. */
function rowOf(leaf: NewLeaf, head: Head | undefined, process: string): { row: LeafRow; openings: OpeningRow[] } {
  const id = uuidv7();
  const account = accountOf(leaf, head);
  const { made, openings } = commitments(leaf.personal ?? {});
  const target = { ...targetOf(account), ...made.target };
  const facts = { ...leaf.do, ...made.do };
  const { text, hash } = encodeLeaf({
    v: 1,
    id,
    type: leaf.type,
    outcome: leaf.outcome,
    ...(leaf.reason ? { reason: leaf.reason } : {}),
    ...(head ? { wseq: String(head.wseq + 1), prev: head.hash ? Buffer.from(head.hash).toString('base64') : null } : {}),
    t: { wall: new Date().toISOString(), mono_ns: monotonicNanoseconds(), boot: bootId, src: 'host' },
    by: { process, release },
    ...workflowOf(leaf),
    ...(leaf.actor ? { who: { actor: leaf.actor } } : {}),
    ...(isEmpty(target) ? {} : { target }),
    ...(isEmpty(made.src) ? {} : { src: made.src }),
    ...(leaf.policy ? { policy: leaf.policy } : {}),
    ...(isEmpty(facts) ? {} : { do: facts }),
  });
  const row = {
    id,
    type: leaf.type,
    outcome: leaf.outcome,
    resetId: leaf.reset ?? null,
    actor: leaf.actor ? actorInShort(leaf.actor) : null,
    account: account?.guid ?? null,
    reason: leaf.reason ?? null,
    body: text,
    hash: new Uint8Array(hash),
  };
  return { row, openings };
}

/** By which a person's deeds are found: their GUID; of everybody else what they are. Whoever sits at the portal is nobody yet. */
function actorInShort(actor: Actor): string | null {
  if (actor.type === 'person') return actor.guid;
  if (actor.type === 'service') return `service:${actor.name}`;
  return actor.type === 'operator' ? `operator:${actor.uid}` : null;
}

function accountOf(leaf: NewLeaf, head: Head | undefined): Account | undefined {
  const given = leaf.account;
  if (given?.sid != null || !head?.account) return given ?? head?.account;
  return given && given.guid !== head.account.guid ? given : head.account;
}

function targetOf(account: Account | undefined): Record<string, Json> {
  if (!account) return {};
  const { guid, sid, privileged } = account;
  return { guid, sid, ...(privileged === undefined ? {} : { privileged }) };
}

function workflowOf({ workflow, reset, run, update }: NewLeaf): { wf?: { id: string; run: string | null } } {
  if (!workflow && !reset) return {};
  const { ns, activity, attempt } = workflow ?? {};
  return {
    wf: {
      ...(ns ? { ns } : {}),
      id: workflow?.id ?? `reset/${reset}`,
      run: workflow?.run ?? run ?? null,
      ...(update ? { update } : {}),
      ...(activity ? { activity } : {}),
      ...(attempt ? { attempt: String(attempt) } : {}),
    },
  };
}

function commitments(personal: NonNullable<NewLeaf['personal']>) {
  const made: Record<'target' | 'src' | 'do', Record<string, string>> = { target: {}, src: {}, do: {} };
  const openings: OpeningRow[] = [];
  for (const [field, [part, name]] of Object.entries(PLACES) as [keyof typeof PLACES, (typeof PLACES)[keyof typeof PLACES]][]) {
    const given = personal[field];
    if (given === undefined) continue;
    const value = typeof given === 'string' ? given : given.value;
    const { commitment, salt } =
      typeof given === 'string' ? commit(given) : { commitment: commitmentOf(given.value, given.salt), salt: given.salt };
    made[part][name] = commitment;
    openings.push({ commitment, salt: new Uint8Array(salt), value });
  }
  return { made, openings };
}

function isEmpty(part: object): boolean {
  return Object.keys(part).length === 0;
}
