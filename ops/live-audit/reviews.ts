import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { finding, incomplete, type Finding, type Problem } from '#audit/finding.ts';
import { REVIEW_DAYS } from '#domain/break-glass.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import { closedReview } from '#prisma/review-text.ts';
import type { Database } from '#db';

const leaf = z.looseObject({
  t: z.looseObject({ wall: z.string() }),
  do: z.looseObject({ review: z.string(), signed: z.unknown().optional() }),
});

/** Whether each break-glass was looked at by a third person within a week; by the leaves, whatever the table of reviews says. */
export async function reviewsClosed(db: Database, verifierKey: KeyObject, now: Date = new Date()): Promise<Finding> {
  const rows = await db.$queryRaw<{ type: string; body: string }[]>`
    SELECT l.type, l.body FROM leaf l WHERE l.type IN ('review.opened', 'review.closed') ORDER BY l.seq`;
  const read = rows.flatMap(({ type, body }) => {
    const parsed = leaf.safeParse(canonicalOrNothing(body));
    return parsed.success ? [{ type, review: parsed.data.do.review, at: parsed.data.t.wall, signed: parsed.data.do.signed }] : [];
  });
  const closed = new Set(
    read.flatMap(({ type, signed }) => (type === 'review.closed' ? (closedReview(signed, verifierKey)?.review ?? []) : [])),
  );
  const opened = read.filter(({ type }) => type === 'review.opened');
  const late = opened
    .filter(({ review, at }) => !closed.has(review) && now.getTime() - Date.parse(at) > REVIEW_DAYS * 86_400_000)
    .map(({ review, at }): Problem => incomplete(`the review ${review} is open since ${at}`));
  return finding(
    'Each break-glass was looked at by a third person within a week',
    'NIST SP 800-53 AC-3(2), AU-6; RBI Master Direction 9(b)',
    late,
    `${opened.length} reviews, ${opened.length - closed.size} of them open`,
  );
}
