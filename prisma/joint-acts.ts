import type { KeyObject } from 'node:crypto';
import { standingHalt, type Halt, type HaltAct } from '#domain/halt.ts';
import type { Transaction } from './client.ts';
import { readHalt } from './joint-act-text.ts';

/** An act with the very text that was signed, so that whoever reads it can keep it. */
export interface SignedHalt extends HaltAct {
  text: string;
  signature: Uint8Array;
}

/** Every act by which something was halted or lifted, as the verifier signed it. Rows by another hand are left out. */
export async function signedHalts(db: Pick<Transaction, 'jointAct'>, key: KeyObject): Promise<SignedHalt[]> {
  const rows = await db.jointAct.findMany({
    where: { body: { not: null }, signature: { not: null } },
    select: { body: true, signature: true },
  });
  return rows.flatMap(({ body, signature }) => {
    const read = body !== null && signature !== null ? readHalt(body, signature, key) : undefined;
    return read && body !== null && signature !== null ? [{ id: read.id, halts: read.halts, at: read.at, text: body, signature }] : [];
  });
}

/** What is halted now, as far as the table tells. */
export async function haltNow(db: Pick<Transaction, 'jointAct'>, key: KeyObject): Promise<Halt> {
  return standingHalt(await signedHalts(db, key));
}
