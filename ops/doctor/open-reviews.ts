import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import { REVIEW_DAYS } from '#domain/break-glass.ts';
import { auditorUrlFile } from '../setup/database-roles.ts';
import { bad, good, unknown, type Finding } from './finding.ts';

/** Whether a break-glass waits for its review for longer than a week. */
export async function openReviews(state: string): Promise<Finding> {
  const db = openDatabase(readSecretLine(auditorUrlFile(state)), 1);
  try {
    const openedAt = { lt: new Date(Date.now() - REVIEW_DAYS * 86_400_000) };
    const late = await db.review.count({ where: { state: 'open', openedAt } });
    if (late === 0) return good('no review of a break-glass is overdue');
    return bad(
      `${late} reviews of break-glass are open for more than ${REVIEW_DAYS} days`,
      'somebody who had no part in it closes them in the console, page Reviews',
    );
  } catch {
    return unknown('whether a review is overdue could not be looked at', 'npm start');
  } finally {
    await db.$disconnect().catch(() => {});
  }
}
