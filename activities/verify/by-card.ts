import type { CardRecord } from '#domain/attestation.ts';
import { REFUSAL_OF_CARD_FAULT } from '#domain/card-refusals.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { cardPurpose } from '#domain/passkey.ts';
import { isCardSignature } from '#evidence/card-signature.ts';
import { certificateOf } from '#prisma/card-text.ts';
import { judgeCard } from '#activities/judge-card.ts';
import type { Transaction } from '#db';
import { statementNow, type Confirmed, type Confirming, type Unconfirmed } from './decision-now.ts';
import type { VerifierDeps } from './deps.ts';
import { databaseTime } from './once.ts';
import type { Typed } from './typed.ts';

type ByCard = Extract<Typed<'decision'>['by'], { card: unknown }>['card'];

/**
 * A decision that the approver's smart card signed: over the statement of now, with the key of a certificate that counts (evidence/certificate-path.ts), is not revoked, and
 * is tied by the directory to just this approver. The record keeps what all of that was judged by.
 */
export async function byCard(tx: Transaction, deps: VerifierDeps, of: Confirming, by: ByCard): Promise<Confirmed | Unconfirmed> {
  const trust = deps.cards();
  if (!trust) return { refusal: 'card-not-set-up' };
  const now = await statementNow(tx, of, by, cardPurpose);
  if (!now) return { refusal: 'card-ceremony-over' };
  const { text, consumed, shown } = now;
  const certificate = certificateOf(by.certificate);
  const { algorithm, signature } = by;
  const signed = { algorithm, tag: DECISION_TAG, text, signature: Buffer.from(signature, 'base64url') };
  // A certificate is public: only whoever holds its key hears anything about it.
  if (!certificate || !isCardSignature(certificate.key, signed)) return { refusal: 'card-not-accepted', fault: 'card-signature' };
  const found = await judgeCard(of.asked.approver, certificate, { trust, people: deps.people, at: await databaseTime(tx) });
  if ('fault' in found) return { refusal: REFUSAL_OF_CARD_FAULT[found.fault], fault: found.fault };
  const card: CardRecord = { text, algorithm, signature, certificate: certificate.der.toString('base64'), ...found.judged };
  return { method: 'smart-card', credential: certificate.sha256, consumed, card, shown };
}
