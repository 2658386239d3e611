import type { DirectoryAccount } from '#activities/directory/account.ts';
import { comparePolicies, ownerAttributesOf } from '#activities/policy/compare.ts';
import { isCovered, type CampaignAsked, type CampaignCovers } from '#domain/campaign.ts';
import { isServed, type Policy } from '#domain/policy.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Database } from '#db';
import type { VerifierDeps } from './deps.ts';
import { holdings } from './holdings.ts';
import { databaseTime } from './once.ts';

/** What the directory means by the unit and the group that were typed, or undefined when it knows one of them not. */
export async function campaignCovers(
  { people }: Pick<VerifierDeps, 'people'>,
  { unit, group }: CampaignAsked,
): Promise<CampaignCovers | undefined> {
  const found = { unit: unit === '' ? '' : await people.unit(unit), group: group === '' ? '' : await people.groupSid(group) };
  return found.unit === undefined || found.group === undefined ? undefined : { unit: found.unit, group: found.group };
}

/**
 * Whom a campaign is about, by the directory and the policy as they are now: accounts that are enabled, sign in with a password, that the policy serves,
 * and that never held an app, token or key. With `could-not-reset` only those of them for whom something stands in the way
 * of a reset today, without regard to address and calendar. Throws DirectoryUnavailable.
 */
export async function campaignPeople(
  deps: Pick<VerifierDeps, 'db' | 'people' | 'cards'>,
  policy: Policy,
  { whom }: CampaignAsked,
  covers: CampaignCovers,
): Promise<DirectoryAccount[]> {
  const survey = await deps.people.survey(ownerAttributesOf([policy]));
  const members = covers.group === '' ? undefined : new Set(survey.members(covers.group).map(({ guid }) => guid));
  const had = await whoEverHeld(deps.db);
  const accounts = survey.accounts.filter(
    (one) =>
      one.enabled &&
      !one.expired &&
      !one.smartcardRequired &&
      isServed(policy, one) &&
      !had.has(one.guid) &&
      isCovered(covers, members, one),
  );
  if (whom === 'without-factor') return accounts;
  const held = await holdings(
    deps.db,
    accounts.map(({ guid }) => guid),
  );
  const now = [{ address: undefined, at: await databaseTime(deps.db) }];
  const compared = await comparePolicies(
    { ...survey, accounts },
    held,
    { before: policy, draft: policy, cardsCount: deps.cards() !== undefined },
    now,
  );
  const unready = new Set(compared.flatMap(({ account, draft }) => (draft.unready === undefined ? [] : [account.guid])));
  return accounts.filter(({ guid }) => unready.has(guid));
}

/** Who holds, or once held, an app, token or key; of all accounts when none are named. Who has a smart card only the issuer of cards knows. */
export async function whoEverHeld(db: Database, accounts?: readonly string[]): Promise<Set<string>> {
  const asked = {
    where: accounts ? { accountGuid: { in: [...accounts] } } : {},
    select: { accountGuid: true },
    distinct: 'accountGuid',
  } as const;
  const rows = await Promise.all([db.totp.findMany(asked), db.tokenAssignment.findMany(asked), db.passkey.findMany(asked)]);
  return new Set(rows.flat().map(({ accountGuid }) => accountGuid));
}

/** What the verifier signs of each person: a row that somebody added by hand gets no ticket. */
export function campaignPersonBody({ campaignId, accountGuid }: { campaignId: string; accountGuid: string }): Json {
  return { v: 1, kind: 'row/campaign-person', campaign: campaignId, account: accountGuid };
}
