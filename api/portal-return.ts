import { normaliseReference } from '#domain/codes.ts';
import { CLAIMANT_TAG, RETURN_PURPOSE, returnStatement } from '#domain/passkey.ts';
import { Refusal } from '#domain/refusals.ts';
import { parseTicket } from '#evidence/card-ticket.ts';
import { cardAddress, openingOf } from './card-offer.ts';
import { uuidOf, type KeyedHash } from './keyed-hash.ts';
import { beginCeremony, challengeFor } from './own-keys.ts';
import type { PortalDeps } from './portal-deps.ts';
import type { PortalFlow, Shown, WaysBack } from './portal-flow.ts';

/**
 * What a key has to sign to come back to the reset of this reference, and where a card is shown for it. A reference that is nobody's has
 * a number like any other, so nobody learns from a challenge, an address or the time whether there is such a reset.
 */
export async function waysBack(deps: PortalDeps, ask: Parameters<PortalFlow['waysBack']>[0]): Promise<WaysBack> {
  const { db, hash, admission, relyingParty, cards } = deps;
  await admission.resume(ask.source);
  const reference = normaliseReference(ask.reference) ?? 'none';
  const row = await db.reset.findUnique({ where: { reference }, select: { id: true } });
  const reset = row?.id ?? uuidOf(hash('no-reset', reference));
  // Another one each time: whoever was back already would find the one before used.
  const ceremony = await beginCeremony(db, reset, RETURN_PURPOSE);
  return {
    key: challengeFor(relyingParty, ceremony, CLAIMANT_TAG, returnStatement(ceremony)),
    ...(cards?.isOn()
      ? { cardAddress: cardAddress(cards, hash, { id: reset, reference: `${reference}/return`, browserToken: ask.returnToken }) }
      : {}),
  };
}

/** What somebody shows who comes back, as it is sealed, and by what a repeated request is known. Throws `bad-request` for a ticket of another form. */
export function shownInReturn(hash: KeyedHash, shown: Shown): { typed: string; sealed: (reset: string) => object } {
  if ('assertion' in shown) {
    const { ceremony, assertion } = shown;
    return { typed: `passkey ${JSON.stringify({ ceremony, assertion })}`, sealed: () => ({ ceremony, assertion }) };
  }
  if ('ticket' in shown) {
    const ticket = parseTicket(shown.ticket);
    if (!ticket) throw new Refusal('bad-request');
    return {
      // With the browser's secret: the same form from another browser is another request.
      typed: `smart-card ${shown.ticket} ${shown.returnToken}`,
      sealed: (reset) => ({ card: { ...ticket, opening: openingOf(hash, reset, shown.returnToken) } }),
    };
  }
  const { factor, value } = shown;
  return { typed: `${factor} ${value}`, sealed: () => ({ method: factor, value }) };
}
