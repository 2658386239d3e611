import { useQuery } from '@tanstack/react-query';
import { REVIEW_TAG } from '#domain/break-glass-statement.ts';
import type { Json } from '#evidence/jcs.ts';
import { NotWhatWasShown, statedDigest } from '../inbox/sign-decision.ts';
import { signStatement } from '../keys/use-a-key.ts';
import { useDeed } from '../keys/use-deed.ts';
import { usePresence } from '../live/presence.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Review } from '../records.ts';

const EVERY_MS = 15_000;

export function useReviews() {
  const data = useConsoleData();
  const present = usePresence();
  return useQuery({
    queryKey: ['reviews'],
    queryFn: ({ signal }) => data.reviews(signal),
    refetchInterval: present && EVERY_MS,
    retry: false,
  });
}

export interface Judged {
  judgement: NonNullable<Review['judgement']>;
  finding: string;
}

/** Closes a review, signed over just this review, this reset, this judgement and this finding. */
export function useCloseReview(review: Review) {
  const data = useConsoleData();
  const sign = async (judged: Judged): Promise<object> => {
    const { ceremony, statement, reasonSalt, confirmation } = await data.beginReview(review.id, judged);
    const about = { review: review.id, reset: review.resetId, judgement: judged.judgement };
    const finding = await statedDigest(reasonSalt, judged.finding);
    const expected: Record<string, unknown> = { type: 'review/close', ...about, finding, nonce: ceremony };
    if (Object.entries(expected).some(([name, value]) => statement[name] !== value)) throw new NotWhatWasShown();
    const { id, response } = await signStatement(REVIEW_TAG, statement as Json, { confirmation });
    return { ...judged, ceremony, assertion: { id, response } };
  };
  return useDeed({
    confirm: sign,
    send: (body, key) => data.closeReview(review.id, body, key),
    touches: ['reviews', 'summary', 'audit'],
    noAnswer: 'officers.noAnswer',
  });
}
