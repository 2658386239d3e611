import { z } from 'zod';
import { MAPPINGS, type Mapping } from '#domain/account-mapping.ts';
import type { CardJudged, CardRecord, DecisionConfirmed } from '#domain/attestation.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { CARD_PURPOSES } from '#domain/card.ts';
import { readCertificate, type Certificate } from '#evidence/certificate.ts';
import { pathOf, type Judged } from '#evidence/certificate-path.ts';
import { CARD_ALGORITHMS, isCardSignature } from '#evidence/card-signature.ts';

/** Exactly CardJudged in domain/attestation.ts. */
const judged = {
  path: z.array(z.string()).min(1),
  lists: z.array(
    z.strictObject({ sha256: z.string(), number: z.string().nullable(), thisUpdate: z.iso.datetime(), nextUpdate: z.iso.datetime() }),
  ),
  mapping: z.enum(MAPPINGS),
};

/** Exactly CardRecord in domain/attestation.ts. */
export const cardRecord = z.strictObject({
  text: z.string(),
  algorithm: z.enum(CARD_ALGORITHMS),
  signature: z.string(),
  certificate: z.string(),
  ...judged,
});

/** Exactly CardShown in domain/attestation.ts. */
export const cardShown = z.strictObject({
  ticket: z.strictObject({ text: z.string(), signature: z.string() }),
  listener: z.string(),
  opening: z.string(),
  ...judged,
});

/** What a certificate was judged by, as a record keeps it. */
export function judgedRecord({ path, lists }: Judged, mapping: Mapping): CardJudged {
  return {
    path: path.map(({ der }) => der.toString('base64')),
    lists: lists.map(({ sha256, number, thisUpdate, nextUpdate }) => ({
      sha256,
      number: number ?? null,
      thisUpdate: thisUpdate.toISOString(),
      nextUpdate: nextUpdate.toISOString(),
    })),
    mapping,
  };
}

/** A certificate of a record, in base64; undefined when it is none. */
export function certificateOf(base64: string | undefined): Certificate | undefined {
  try {
    return base64 === undefined ? undefined : readCertificate(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

/**
 * Why what a record holds was not signed by the card that it names, or undefined when it was: by the certificate's key, under the
 * authorities up to the root that it names, at a moment for which it names a list of each. Whether that root is the bank's, and whose the certificate is,
 * is told by whoever pinned the one and reads the directory for the other.
 */
export function whyNotByCard(statement: DecisionConfirmed, record: CardRecord): string | undefined {
  const why = whyNotJudged(statement, record);
  const certificate = certificateOf(record.certificate);
  if (why !== undefined || !certificate) return why;
  const signature = Buffer.from(record.signature, 'base64url');
  const holds = isCardSignature(certificate.key, { algorithm: record.algorithm, tag: DECISION_TAG, text: record.text, signature });
  return holds ? undefined : 'its signature does not hold (card)';
}

/** Why the certificate of a record did not count when the statement was made, by the authorities and lists that the record names. */
export function whyNotJudged(
  { credential, at }: { credential: string; at: string },
  record: Pick<CardJudged, 'path' | 'lists'> & { certificate: string },
): string | undefined {
  const certificate = certificateOf(record.certificate);
  const path = record.path.flatMap((one) => certificateOf(one) ?? []);
  const [issuer, root] = [path[0], path.at(-1)];
  if (!certificate || !issuer || !root || path.length < record.path.length) return 'a certificate in it cannot be read';
  if (certificate.sha256 !== credential) return 'its certificate is another one than the statement says';
  const moment = new Date(at);
  const trust = { roots: [root], between: path, issuers: [issuer], purposes: Object.values(CARD_PURPOSES) };
  const found = pathOf(certificate, trust, moment);
  if ('fault' in found) return `its certificate did not count (${found.fault})`;
  const spoke = record.lists.filter(({ thisUpdate, nextUpdate }) => new Date(thisUpdate) <= moment && moment < new Date(nextUpdate));
  if (record.lists.length !== path.length || spoke.length < path.length)
    return 'no current list said then that its certificate was not revoked';
  return undefined;
}
