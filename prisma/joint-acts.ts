import type { KeyObject } from 'node:crypto';
import { standingHalt, type Halt, type HaltAct } from '#domain/halt.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import type { Transaction } from './client.ts';
import { readHalt } from './joint-act-text.ts';

/** An act with the very text that was signed, so that whoever reads it can keep it. */
export interface SignedHalt extends HaltAct {
  text: string;
  signature: Uint8Array;
}

/** One act as it is kept: undefined when the verifier did not sign it, or when it is about something else. */
export function signedHalt(text: string, signature: Uint8Array, key: KeyObject, party?: RelyingParty): SignedHalt | undefined {
  const read = readHalt(text, signature, key, party);
  return read && { id: read.id, halts: read.halts, at: read.at, by: read.by, text, signature };
}

/** Every act by which something was halted or lifted, as the verifier signed it. Rows by another hand are left out. */
export async function signedHalts(db: Pick<Transaction, 'jointAct'>, key: KeyObject, party?: RelyingParty): Promise<SignedHalt[]> {
  const rows = await db.jointAct.findMany({
    where: { body: { not: null }, signature: { not: null } },
    select: { body: true, signature: true },
  });
  return rows.flatMap(({ body, signature }) =>
    body !== null && signature !== null ? (signedHalt(body, signature, key, party) ?? []) : [],
  );
}

/** What is halted now, as far as the table tells. */
export async function haltNow(db: Pick<Transaction, 'jointAct'>, key: KeyObject): Promise<Halt> {
  return standingHalt(await signedHalts(db, key));
}
