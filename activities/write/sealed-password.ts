import { z } from 'zod';
import type { Transaction } from '#db';
import type { WriteAsked } from '../contract.ts';
import { endsOldPassword, type AnyAsked } from './asked.ts';
import { writerName, type WriterDeps } from './deps.ts';
import { throwAwayPassword } from './throw-away.ts';

const value = z.strictObject({ password: z.string().min(1), endOldPassword: z.literal(true).exactOptional() });

/**
 * `password`: what this write is to set, the chosen one or the throw-away one before it. `expired` also when the row is gone: an
 * unlogged table forgets in a crash. `not-intended`: it is not the value of this intent.
 */
export type SealedPassword =
  | { outcome: 'opened'; password: string; chosen: string; endOldPassword: boolean }
  | { outcome: 'expired' | 'not-intended' };

/**
 * The password that the API sealed for this reset, run and account, when its digest is the one that was intended. A throw-away one
 * comes only before a chosen one that was sealed with the wish to end the old one: by nobody else's word.
 * JavaScript cannot erase a string: the caller keeps it in one local variable until the directory's answer and no longer.
 */
export async function openPassword(deps: WriterDeps, asked: WriteAsked): Promise<SealedPassword> {
  const opened = await deps.opener.open(deps.db, {
    id: asked.sealed,
    purpose: 'password',
    subject: asked.reset,
    run: asked.run,
    account: asked.account,
  });
  if (opened.outcome !== 'opened') return { outcome: opened.outcome === 'not-bound' ? 'not-intended' : 'expired' };
  try {
    if (opened.digest !== asked.digest) return { outcome: 'not-intended' };
    const parsed = value.safeParse(parseJson(opened.plaintext));
    if (!parsed.success) return { outcome: 'not-intended' };
    const { password: chosen, endOldPassword = false } = parsed.data;
    if (!endsOldPassword(asked)) return { outcome: 'opened', password: chosen, chosen, endOldPassword };
    if (!endOldPassword) return { outcome: 'not-intended' };
    return { outcome: 'opened', password: await throwAwayPassword(opened.derive), chosen, endOldPassword };
  } finally {
    opened.plaintext.fill(0);
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // The error would quote what it could not parse.
    return undefined;
  }
}

/** Erases the sealed password, of this reset and this writer only; an unlock has none. Its row was never in the write-ahead log. */
export async function erasePassword(tx: Transaction, deps: Pick<WriterDeps, 'writerClass'>, asked: AnyAsked): Promise<void> {
  if (!('sealed' in asked)) return;
  await tx.$executeRaw`DELETE FROM sealed WHERE id = ${asked.sealed}::uuid AND recipient = ${writerName(deps)} AND purpose = 'password' AND subject = ${asked.reset}`;
}
