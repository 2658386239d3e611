import type { Transaction } from '#db';
import type { TellingMoment } from '#domain/message.ts';

/**
 * Has people told of a reset, in the transaction of the move that gives reason to it: when that crashes, neither was; when
 * we crash after it, the row waits until somebody told them. Whom, and whether anybody, the verifier finds out.
 */
export async function askTelling(tx: Transaction, reset: string, moment: TellingMoment): Promise<void> {
  await tx.telling.createMany({ data: [{ resetId: reset, moment }], skipDuplicates: true });
  await tx.$executeRaw`SELECT pg_notify('countersign', ${`tellings:${reset}`})`;
}
