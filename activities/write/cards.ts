import type { CertificateIdentity } from '#domain/account-mapping.ts';
import type { Attestation, DecisionConfirmed, FactorPassed } from '#domain/attestation.ts';
import { certificateOf } from '#prisma/card-text.ts';
import { readTicket, whyNotShown } from '#prisma/card-ticket-text.ts';
import { mappedAccounts } from '../directory/mapped-accounts.ts';
import { judgeCard, type CardFault } from '../judge-card.ts';
import type { WriterDeps } from './deps.ts';

/**
 * Those of the signed decisions that count for this writer: of decisions by smart card only those whose certificate it trusts by its own roots, valid when it
 * signed, revoked by no list that speaks now, and tied to the approver by the directory as this writer's own bind reads it.
 */
export async function withTrustedCards(
  { cards, directory }: Pick<WriterDeps, 'cards' | 'directory'>,
  { attestations, signed, now }: { attestations: readonly Attestation[]; signed: ReadonlySet<string>; now: Date },
): Promise<ReadonlySet<string>> {
  const people = asItSays(directory);
  const counted = new Set(signed);
  const byCard = attestations.filter((one): one is DecisionConfirmed => one.kind === 'decision' && one.method === 'smart-card');
  for (const { id, person, at, card } of byCard) {
    const [certificate, trust] = [certificateOf(card?.certificate), cards()];
    const found = certificate && trust && (await judgeCard(person, certificate, { trust, people, at: new Date(at), listsAt: now }));
    if (!found || 'fault' in found) counted.delete(id);
  }
  return counted;
}

/**
 * The statements that count for this writer, and the certificates among them that were good and are no more. Of factors by smart card only those count
 * that the pinned listener saw, in just this reset, under this writer's own roots; a card that its own lists revoke now, or that the directory
 * ties to the account no more, is `revoked`. Without lists that speak nothing of a card counts.
 */
export async function withShownCards(
  { cards, cardListenerKey, directory }: Pick<WriterDeps, 'cards' | 'cardListenerKey' | 'directory'>,
  attestations: readonly Attestation[],
  now: Date,
): Promise<{ attestations: readonly Attestation[]; revoked: ReadonlySet<string> }> {
  const people = asItSays(directory);
  const uncounted = new Set<string>();
  const revoked = new Set<string>();
  const byCard = attestations.filter((one): one is FactorPassed => one.kind === 'factor' && one.method === 'smart-card');
  for (const shown of byCard) {
    const trust = cards();
    const isShown = cardListenerKey !== undefined && whyNotShown(shown, cardListenerKey) === undefined;
    const certificate = shown.card && cardListenerKey && certificateOf(readTicket(shown.card.ticket, cardListenerKey)?.certificate);
    const found =
      isShown && certificate && trust
        ? await judgeCard(shown.account, certificate, { trust, people, at: new Date(shown.at), listsAt: now })
        : undefined;
    if (found && 'fault' in found && SINCE.has(found.fault)) revoked.add(shown.credential);
    else if (!found || 'fault' in found) uncounted.add(shown.id);
  }
  return { attestations: attestations.filter(({ id }) => !uncounted.has(id)), revoked };
}

/** Whose a card is, as this writer's own bind reads it. */
const asItSays = (directory: WriterDeps['directory']) => ({
  mapped: (identity: CertificateIdentity) => mappedAccounts(directory, identity),
});

/** What may have come over a card since the verifier found it good. */
const SINCE: ReadonlySet<CardFault> = new Set<CardFault>(['revoked', 'not-mapped', 'mapped-twice', 'mapped-elsewhere']);
