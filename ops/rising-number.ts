import type { Transaction } from '#db';

/** Why something with this number is not taken, and the highest number that was. */
export interface NotTaken {
  reason: 'older' | 'other-content';
  highest: number;
}

/**
 * Burns the number of something of which only a newer one may take the place, whatever became of its files: lower than one that was taken
 * before it is `older`, as is one up to `floor`; the same with another content is `other-content`; the same again is taken again. One at a time for each subject.
 */
export async function takeNumber(
  tx: Transaction,
  subject: string,
  { number, sha256 }: { number: number; sha256: string },
  floor = -1,
): Promise<NotTaken | undefined> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${subject}, 0))`;
  const rows = await tx.burn.findMany({ where: { subject }, select: { updateId: true, outcome: true } });
  const highest = Math.max(floor, ...rows.map(({ updateId }) => Number(updateId)));
  if (number < highest || number <= floor) return { reason: 'older', highest };
  const same = rows.find(({ updateId }) => updateId === String(number));
  if (same && (same.outcome as { sha256?: unknown }).sha256 !== sha256) return { reason: 'other-content', highest };
  const row = { subject, updateId: String(number), consumed: `${subject}:${number}`, outcome: { sha256 } };
  await tx.burn.createMany({ data: [row], skipDuplicates: true });
  return undefined;
}
