import { openWays } from '#domain/key-kinds.ts';
import type { FactorsStanding } from '#activities/factors-contract.ts';
import { judgeCard, type CardFault } from '#activities/judge-card.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { isAccepted } from '#domain/accept.ts';
import type { FactorPassed } from '#domain/attestation.ts';
import { certificateOf } from '#prisma/card-text.ts';
import { listenerKeyOf, readTicket } from '#prisma/card-ticket-text.ts';
import type { Transaction } from '#db';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { databaseTime, once } from './once.ts';
import { statementsOf } from './statements.ts';

/**
 * Looks again at the smart cards that were shown in a reset, before it goes on from where it was parked: a card that was revoked since, or is tied to
 * its account no more, counts no longer. `refused` when no way of the rule is whole without it. The writer looks once more, by lists of its own.
 */
export async function factorsStand(
  deps: VerifierDeps,
  { reset, run, account }: { reset: string; run: string; account: string },
): Promise<FactorsStanding> {
  return once<FactorsStanding>(deps, { subject: reset, updateId: `${run} factors-stand`, sealed: '' }, async (tx) => {
    const said = await statementsOf(tx, deps, { reset, run, account });
    const { policy } = await frozenPolicy(tx, said.identified.policy);
    const rule = ruleOf(policy, said.identified.rule);
    const accept = rule ? openWays(policy, rule, said.identified.protected) : [];
    const fallen: { factor: FactorPassed; fault: CardFault }[] = [];
    for (const factor of said.factors) {
      const fault = factor.method === 'smart-card' ? await faultNow(tx, deps, factor) : undefined;
      if (fault) fallen.push({ factor, fault });
    }
    const standing = said.factors.filter((factor) => !fallen.some((one) => one.factor === factor));
    const methods = (of: readonly { method: FactorPassed['method'] }[]) => of.map(({ method }) => method);
    const [first] = fallen;
    if (!first || isAccepted(accept, { proofs: said.proofs.map(({ method }) => method), factors: methods(standing) }))
      return { outcome: { outcome: 'stand' } };
    // Not to know whether it was revoked is another answer than that it was.
    const code = first.fault === 'no-list' || first.fault === 'list-expired' ? 'card-not-checkable' : 'factor-revoked';
    await recordLeaf(
      tx,
      {
        type: 'factor.checked',
        outcome: 'denied',
        reason: code,
        reset,
        actor: { type: 'claimant' },
        do: { method: 'smart-card', credential: first.factor.credential, fault: first.fault },
      },
      VERIFIER,
    );
    return { outcome: { outcome: 'refused', code } };
  });
}

/** Valid when it was shown; revoked by no list that speaks now, and tied to the account by the directory as it is now. */
async function faultNow(tx: Transaction, deps: VerifierDeps, { account, at, card }: FactorPassed): Promise<CardFault | undefined> {
  const key = card && listenerKeyOf(card.listener);
  const certificate = certificateOf(card && key && readTicket(card.ticket, key)?.certificate);
  const trust = deps.cards();
  if (!certificate || !trust) return 'issuer';
  const by = { trust, people: deps.people, at: new Date(at), listsAt: await databaseTime(tx) };
  const found = await judgeCard(account, certificate, by);
  return 'fault' in found ? found.fault : undefined;
}
