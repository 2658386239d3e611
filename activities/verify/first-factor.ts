import { groupSids } from '#activities/directory/group-sids.ts';
import { flagsOf } from '#domain/circumstances.ts';
import { firstFactorCondition, firstFactorUsed, groupsOfFirstFactor } from '#domain/first-factor.ts';
import { placeOf } from '#domain/policy.ts';
import type { Transaction } from '#db';
import { networksOf } from '#prisma/networks.ts';
import type { FrozenPolicy } from '#prisma/policies.ts';
import { whyNotPublished } from '#prisma/publication-text.ts';
import type { VerifierDeps } from './deps.ts';
import type { FactorStanding } from './factor-standing.ts';
import { tryKnownPassword } from './known-password.ts';
import { databaseTime, isBurned } from './once.ts';
import type { Refused } from './own-deed.ts';
import type { Person } from './people.ts';

/** Which condition was met, under which version of the policy; or why not, which only the leaf says. */
export type FirstFactorMet = { condition: string; policy: string } | { fault: string };

type Judging = Pick<VerifierDeps, 'db' | 'people' | 'keys' | 'pinnedPublishers'>;

/**
 * Whether somebody sets up a first app with the directory password alone: the password is tried now, within the directory's own budget and with the
 * tries of sign-ins, and the condition is judged by the directory as it was read now and the clock of the database. The password is tried whatever
 * the condition comes to. `source`: from where, as the API said. A version of the policy that was neither published by two people nor pinned by the operator opens nothing.
 */
export async function meetsFirstFactor(
  deps: Judging,
  { sha256, policy }: FrozenPolicy,
  { person, account, password, source }: { person: Person | undefined; account: string; password: string; source: string | undefined },
): Promise<FirstFactorMet> {
  const knows = await tryKnownPassword(deps, { account: person?.guid, counted: account, password, policy });
  const sids = await groupSids(groupsOfFirstFactor(policy), (name) => deps.people.groupSid(name));
  const at = (await databaseTime(deps.db)).toISOString();
  if (knows !== 'known') return { fault: `password ${knows}` };
  if (!person) return { fault: 'no such account' };
  if (!(await isPublished(deps, sha256))) return { fault: 'policy not published' };
  const met = firstFactorCondition(policy, {
    isProtected: person.protectedBy !== undefined,
    place: placeOf(person, sids),
    circumstances: { flags: flagsOf(person), via: 'portal', networks: networksOf(policy.networks, source), at },
    smartcardRequired: person.smartcardRequired,
    created: person.created,
  });
  return met ? { condition: met.name, policy: sha256 } : { fault: 'no condition met' };
}

async function isPublished({ db, keys, pinnedPublishers }: Judging, sha256: string): Promise<boolean> {
  const row = await db.policyVersion.findUnique({ where: { sha256 }, select: { publication: true } });
  return whyNotPublished(sha256, row?.publication, { verifierKey: keys.checking, pinned: pinnedPublishers() }) === undefined;
}

/** Why it is refused all the same, in the transaction that would add the app: somebody holds or held something, or had their one app this way. */
export async function whyNotFirst(tx: Transaction, account: string, { everHeld }: FactorStanding): Promise<string | undefined> {
  if (everHeld.size > 0) return 'held a factor';
  return (await isBurned(tx, firstFactorUsed(account))) ? 'had a first app by a condition' : undefined;
}

/** One answer for every reason: whoever tries learns neither whether the password was right nor what the account holds, nor which condition was missing. */
export function firstRefused(fault: string): Refused {
  return { refusal: 'first-app-refused', fault };
}
