import type { FactorsToTell, TellAnswer } from '#activities/telling-contract.ts';
import { whomToTell } from '#activities/policy/whom-to-tell.ts';
import { isFactorChange, toldWhen } from '#domain/message.ts';
import { TELL_NOBODY } from '#domain/telling.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { VerifierDeps } from './deps.ts';
import { leaveMessages } from './leave-messages.ts';
import { accountInLeaf } from './people.ts';
import { tellDevices } from './tell-devices.ts';

/**
 * Tells people of a change of somebody's factors, once each, however often this is called: the holder at every account of theirs, and of a protected
 * account the security officers (NIST SP 800-63B-4 §4.6). No policy takes that away or adds to it. And each device of the account gets a notice, here and not
 * in a step of its own: what a worker could leave out would not keep somebody in the dark. Throws DirectoryUnavailable.
 */
export async function tellOfFactors(deps: VerifierDeps, { factors: id }: FactorsToTell): Promise<TellAnswer> {
  const row = await deps.db.factorTelling.findUnique({ where: { id } });
  const people = row && isFactorChange(row.outcome) ? await told(deps, { id, account: row.accountGuid, outcome: row.outcome }) : 0;
  const { open } = await tellDevices(deps, id);
  await deps.db.factorTelling.updateMany({ where: { id, doneAt: null }, data: { doneAt: new Date() } });
  return { outcome: 'told', people, open };
}

async function told(
  deps: VerifierDeps,
  { id, account, outcome }: { id: string; account: string; outcome: Parameters<typeof toldWhen>[0] },
): Promise<number> {
  const holder = await deps.people.read(account);
  // Who is gone has nobody to be told any more.
  if (!holder) return 0;
  const { policy } = await policyInForce(deps.db);
  const isProtected = holder.protectedBy !== undefined;
  const people = await whomToTell(deps, {
    policy,
    rule: { tell: TELL_NOBODY },
    holder,
    isProtected,
    when: toldWhen(outcome),
    deciders: [],
  });
  const what = { of: { factorTellingId: id }, moment: 'factors-changed', outcome, account: holder.displayName, until: null };
  return leaveMessages(deps, what, { account: accountInLeaf(holder) }, people);
}
