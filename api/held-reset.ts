import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '#db';
import { normaliseReference } from '#domain/codes.ts';
import type { Next } from '#domain/next.ts';
import type { ResetState } from '#domain/reset-state.ts';
import { Refusal } from '#domain/refusals.ts';
import type { Reply } from '#workflows/messages.ts';
import { sameHash, type KeyedHash } from './keyed-hash.ts';
import type { Holder } from './portal-flow.ts';
import { RefusedStep } from './refused-step.ts';

const columns = {
  id: true,
  runId: true,
  reference: true,
  browserHash: true,
  state: true,
  next: true,
  accountGuid: true,
  protectedBy: true,
  policySha256: true,
  ruleId: true,
  passwordRules: true,
  signIn: true,
  updatedAt: true,
} as const;

export interface HeldReset {
  id: string;
  runId: string | null;
  reference: string;
  state: ResetState;
  next: Next;
  accountGuid: string | null;
  protectedBy: string | null;
  policySha256: string | null;
  ruleId: string | null;
  passwordRules: unknown;
  signIn: unknown;
  updatedAt: Date;
}

/** A new secret for a browser's cookie: 256 random bits, of which only a keyed hash is stored. */
export function newBrowserToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a browser's secret. Bound to its reset: copied into another row, it opens nothing. */
export function browserHashOf(hash: KeyedHash, reset: string, token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('browser', reset, token));
}

/** The reset that this browser holds. Throws `wrong-browser`, in the same words and after the same work, for an unknown reference and for a foreign one. */
export async function heldReset(db: Database, hash: KeyedHash, holder: Pick<Holder, 'reference' | 'browserToken'>): Promise<HeldReset> {
  const reference = normaliseReference(holder.reference) ?? 'none';
  const row = await db.reset.findUnique({ where: { reference }, select: columns });
  const offered = browserHashOf(hash, row?.id ?? randomUUID(), holder.browserToken ?? '');
  const holds = sameHash(row?.browserHash ?? new Uint8Array(offered.length), offered);
  if (!row || !holds || holder.browserToken === undefined) throw new Refusal('wrong-browser');
  return fromRow(row);
}

/** A reset by its id, as the database has it now. */
export async function resetNow(db: Database, id: string): Promise<HeldReset> {
  return fromRow(await db.reset.findUniqueOrThrow({ where: { id }, select: columns }));
}

/** What the claimant can do after a reply. Throws the refusal that the workflow recorded; 'closed' means that the reset has ended. */
export async function nextOf(db: Database, reset: string, reply: Reply | 'closed'): Promise<Next> {
  if (reply === 'closed') throw new RefusedStep('reset-ended', (await resetNow(db, reset)).next);
  if (reply.outcome === 'refused') throw new RefusedStep(reply.code, reply.next, reply.reasons);
  return reply.next;
}

function fromRow(row: Omit<HeldReset, 'state' | 'next'> & { state: string; next: unknown }): HeldReset {
  return { ...row, state: row.state as ResetState, next: row.next as Next }; // both columns are written from these types only
}
