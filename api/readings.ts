import type { Database, Transaction } from '#db';
import type { Json } from '#evidence/jcs.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { actorOf } from './actor.ts';
import type { SignedIn } from './sessions.ts';

/** Looking again, turning pages and what a page asks for by itself are one reading: recorded once a minute for one session. */
const READING_MS = 60_000;

export interface Reading {
  /** What was read: the stream of leaves or an export of it, one reset, its history, its evidence, opened personal data, entries of the log, a report. */
  kind: 'read' | 'export' | 'reset' | 'history' | 'evidence' | 'openings' | 'entries' | 'report';
  facts?: Record<string, Json>;
  /** A filter may name a person: the leaf only commits to it. */
  filter?: string | undefined;
  /** Each time a leaf of its own, however soon. */
  each?: boolean;
}

/** Whoever reads evidence is in the evidence (NIST SP 800-53 AU-2, AU-9): `audit.read`, written before anything is answered. */
export function createReadings(db: Database) {
  const lately = new Map<string, number>();
  return async (session: SignedIn, { kind, facts = {}, filter, each = false }: Reading): Promise<void> => {
    const key = JSON.stringify([session.id, kind, facts, filter ?? null]);
    const now = Date.now();
    for (const [old, at] of lately) if (now - at > READING_MS) lately.delete(old);
    if (!each && lately.has(key)) return;
    await db.$transaction((tx) => recordReading(tx, session, { kind, facts, filter }));
    // Only now: a reading whose leaf could not be written was not answered either.
    if (!each) lately.set(key, now);
  };
}

/** The leaf of one reading, in the transaction that reads. */
export async function recordReading(tx: Transaction, session: SignedIn, { kind, facts = {}, filter }: Reading): Promise<void> {
  await appendLeaf(
    tx,
    {
      type: 'audit.read',
      outcome: 'success',
      actor: actorOf(session),
      do: { kind, session: session.id, ...facts },
      ...(filter === undefined ? {} : { personal: { filter } }),
    },
    'api',
  );
}
