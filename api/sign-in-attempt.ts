import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import type { Admission } from './admission.ts';
import { sameHash, type KeyedHash } from './keyed-hash.ts';
import { FACTOR_WITHIN_MS } from './sessions.ts';

/** One step of a sign-in as its request names it. `parts` are all that was sent; only keyed hashes of them are stored, for a day at most. */
export interface StepOfSignIn {
  step: 'password' | 'factor';
  nonce: string;
  repeatable: boolean;
  source: string;
  /** Who may repeat it: the source for the first step, the half session for the second. */
  caller: string;
  parts: readonly string[];
}

/** What is remembered of one step, so that a repeated request is the same attempt. */
export interface SignInAttempt {
  key: string;
  /** Random, made once: what stands for the attempt in histories, where nothing made of a password may stand. */
  subject: string;
  /** Whether its session was begun already. */
  begun: boolean;
  /** Whether the time is over in which an outcome that the verifier has stored still counts: a password may have been changed since. */
  stale: boolean;
}

const NOT_BEGUN = 0;
const BEGUN = 200;
const stored = z.object({ subject: z.uuid() });

/**
 * The attempt that a request stands for. A new one is counted to its source before anything is stored; a repeated one is
 * counted by itself, so that it costs no second sign-in and no flood. If we crash after this, the repeated request has the
 * same subject, and the verifier finds the outcome that it reached. Throws `too-many-requests`; `key-reused` when this
 * caller's key stood for something else.
 */
export async function signInAttempt(
  { db, hash, admission }: { db: Database; hash: KeyedHash; admission: Admission },
  { step, nonce, repeatable, source, caller, parts }: StepOfSignIn,
): Promise<SignInAttempt> {
  const key = hash('sign-in', step, caller, nonce).toString('hex');
  const request = new Uint8Array(hash('sign-in-request', step, nonce, ...parts));
  const known = repeatable ? await db.answer.findUnique({ where: { key }, select: { key: true } }) : null;
  if (known) {
    await admission.step(`sign-in ${key}`);
  } else {
    await admission.signIn(source);
    const data = [{ key, request, status: NOT_BEGUN, body: { subject: randomUUID() } }];
    const { count } = await db.answer.createMany({ data, skipDuplicates: true });
    // The same request, sent twice at the same moment, has been counted by its other copy.
    if (count === 0) await admission.signInCounted(source);
  }
  const row = await db.answer.findUniqueOrThrow({ where: { key } });
  if (!sameHash(row.request, request)) throw new Refusal('key-reused');
  const stale = Date.now() - row.at.getTime() > FACTOR_WITHIN_MS;
  return { key, subject: stored.parse(row.body).subject, begun: row.status === BEGUN, stale };
}

/** From here on a repeated request finds the session, or learns that it is over; it never begins another. */
export async function sessionBegun(db: Database, { key }: SignInAttempt): Promise<void> {
  await db.answer.updateMany({ where: { key }, data: { status: BEGUN } });
}
