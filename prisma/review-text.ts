import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { REVIEW_JUDGEMENTS, REVIEW_TAG } from '#domain/break-glass-statement.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import { readRecord } from './publication-text.ts';
import { keyOfRecord, recordFault } from './signed-record.ts';

/** Exactly reviewStatement in domain/break-glass-statement.ts. */
const statement = z.strictObject({
  v: z.literal(1),
  type: z.literal('review/close'),
  account: z.uuid(),
  nonce: z.uuid(),
  notAfter: z.iso.datetime(),
  review: z.uuid(),
  reset: z.uuid(),
  judgement: z.enum(REVIEW_JUDGEMENTS),
  finding: z.string(),
});

/** The review that somebody closed with their own key, enrolled by the verifier, as a leaf's record of it says; undefined when nobody did. */
export function closedReview(record: unknown, verifierKey: KeyObject): z.infer<typeof statement> | undefined {
  const signed = readRecord(record);
  const key = signed && keyOfRecord(signed, verifierKey);
  if (!signed || !key || recordFault(REVIEW_TAG, signed, key, signed.party) !== undefined) return undefined;
  const parsed = statement.safeParse(canonicalOrNothing(signed.text));
  return parsed.success && parsed.data.account === key.account ? parsed.data : undefined;
}
