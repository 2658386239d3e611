import type { CardShown } from '#domain/attestation.ts';
import { REFUSAL_OF_CARD_FAULT, type CardRefusal } from '#domain/card-refusals.ts';
import { isHandleOf } from '#evidence/card-ticket.ts';
import { certificateOf } from '#prisma/card-text.ts';
import { isTicketFresh, readTicket } from '#prisma/card-ticket-text.ts';
import { judgeCard, type CardFault } from '#activities/judge-card.ts';
import type { Transaction } from '#db';
import { NOBODY, type VerifierDeps } from './deps.ts';
import { databaseTime, isBurned } from './once.ts';
import type { TypedCard } from './typed.ts';

/** A card that counts, or why it does not; whatever comes of it, ticket and handle are used up. */
export type Shown =
  | { credential: string; consumed: string[]; card: CardShown; issued: Date }
  | { refusal: CardRefusal; fault: CardFault | 'not-set-up' | 'ticket'; credential?: string; consumed?: string[] };

/**
 * The smart card that a claimant showed at the listener: a ticket that the pinned listener signed within two minutes, for
 * a handle of just this reset, neither of them used before; a certificate that counts, is not revoked, and is tied by the directory to
 * just this account. What is wrong with a certificate is told whatever account was named, and nothing of it to whoever has
 * not used its key. `account` undefined judges the same for nobody.
 */
export async function showCard(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'cards' | 'cardListenerKey' | 'people'>,
  { reset, account }: { reset: string; account: string | undefined },
  { opening, ...ticket }: TypedCard,
): Promise<Shown> {
  const [trust, key] = [deps.cards(), deps.cardListenerKey];
  if (!trust || !key) return { refusal: 'card-not-set-up', fault: 'not-set-up' };
  const said = readTicket(ticket, key);
  const now = await databaseTime(tx);
  if (!said || !isHandleOf(said.handle, reset, opening) || !isTicketFresh(said, now))
    return { refusal: 'card-ticket-over', fault: 'ticket' };
  const consumed = [`card-ticket:${said.id}`, `card-handle:${said.handle}`];
  // Attempts of one account are decided one after another (attempts.ts), so nobody burns them between this look and the end.
  for (const one of consumed) if (await isBurned(tx, one)) return { refusal: 'card-ticket-over', fault: 'ticket' };
  const certificate = certificateOf(said.certificate);
  if (!certificate) return { refusal: 'card-wrong-purpose', fault: 'not-understood', consumed };
  const credential = certificate.sha256;
  const found = await judgeCard(account ?? NOBODY, certificate, { trust, people: deps.people, at: now });
  if ('fault' in found) return { refusal: REFUSAL_OF_CARD_FAULT[found.fault], fault: found.fault, credential, consumed };
  const listener = key.export({ format: 'der', type: 'spki' }).toString('base64');
  return { credential, consumed, card: { ticket, listener, opening, ...found.judged }, issued: certificate.notBefore };
}
