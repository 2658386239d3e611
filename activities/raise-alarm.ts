import type { AlarmKind } from '#domain/alarm.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { uuidv7 } from '#prisma/uuid.ts';
import { recordLeaf } from './record-leaf.ts';

export interface NewAlarm {
  kind: AlarmKind;
  /** What it is about: raised once for each kind and subject, however often it is asked. */
  subject: string;
  reset?: string;
  /** Whose account it is about, for people's eyes; never in the leaf. */
  account?: string;
  /** What exactly it is about, in words for people's eyes; never in the leaf. */
  about?: string;
  /** Facts for the leaf, without personal data. */
  do?: Record<string, Json>;
}

/**
 * Calls officers and administrators: the row that their page shows and its leaf, within the caller's transaction, so that
 * the alarm stands or falls with what it is about. `process` is the caller's name in leaves. Answers whether it is new.
 */
export async function raiseAlarm(
  tx: Transaction,
  { kind, subject, reset, account, about, do: facts }: NewAlarm,
  process: string,
): Promise<boolean> {
  const id = uuidv7();
  const { count } = await tx.alarm.createMany({
    data: [{ id, kind, subject, resetId: reset ?? null, account: account ?? null, about: about ?? null }],
    skipDuplicates: true,
  });
  if (count === 0) return false;
  const facing = reset === undefined ? { subject } : {};
  await recordLeaf(
    tx,
    {
      type: 'alarm.raised',
      outcome: 'success',
      ...(reset === undefined ? {} : { reset }),
      actor: { type: 'service', name: process },
      reason: kind,
      do: { alarm: id, ...facing, ...facts },
    },
    process,
  );
  await tx.$executeRaw`SELECT pg_notify('countersign', ${`alarms:${id}`})`;
  return true;
}
