import { resolveBy } from '#activities/directory/approver-sources.ts';
import type { DirectoryAccount } from '#activities/directory/account.ts';
import { groupSids } from '#activities/directory/group-sids.ts';
import type { Survey } from '#activities/directory/survey.ts';
import type { Methods } from '#domain/accept.ts';
import { sourcesOf } from '#domain/approval-stage.ts';
import { firstFactorCondition, groupsOfPolicy } from '#domain/first-factor.ts';
import { flagsOf, type Circumstances } from '#domain/circumstances.ts';
import type { Case, Compared, Standing } from '#domain/policy-comparison.ts';
import { canAlone, requirementsOf } from '#domain/policy-requirements.ts';
import { isServed, placeOf, selectRule, type Policy, type Rule } from '#domain/policy.ts';
import type { Place } from '#domain/rule-choice.ts';
import { whyNotReady, withCard } from '#domain/readiness.ts';
import { canBeFilled } from '#domain/stage-candidates.ts';
import { tellingOf } from '#domain/telling.ts';
import { networksOf } from '#prisma/networks.ts';

/** What is the same for every account. */
interface Side {
  policy: Policy;
  sids: ReadonlyMap<string, string>;
  networks: ReadonlyMap<Case, readonly string[]>;
  /** The directory, and of each account which others are the same person's. */
  survey: Survey;
  /** Of each rule, for accounts that are not protected and for those that are. */
  requirements: ReadonlyMap<Rule | undefined, readonly [string, string]>;
  /** Whom each tells, for the same two. */
  telling: ReadonlyMap<Rule | undefined, readonly [string, string]>;
}

type Stages = Rule['approvals'];

/** Is told how many accounts were looked at; other work of the process goes on while it is awaited. */
export type Pace = (done: number, total: number) => Promise<void>;

/** So many accounts are some ten milliseconds. */
const STRETCH = 50;

/**
 * What a draft would change for every enabled account that one of the two policies serves, in each case. The whole
 * directory was read before, so ten thousand accounts take a moment; nothing is written anywhere. What `pace` throws ends it.
 */
export async function comparePolicies(
  survey: Survey,
  held: ReadonlyMap<string, Methods>,
  { before, draft, cardsCount }: { before: Policy; draft: Policy; cardsCount: boolean },
  cases: readonly Case[],
  pace: Pace = async () => {},
): Promise<Compared[]> {
  const sides = { before: await sideOf(survey, before, cases), draft: await sideOf(survey, draft, cases) };
  const compared: Compared[] = [];
  for (const [index, account] of survey.accounts.entries()) {
    if (index % STRETCH === 0) await pace(index, survey.accounts.length);
    if (!account.enabled || account.expired || !(isServed(before, account) || isServed(draft, account))) continue;
    const enrolled = held.get(account.guid) ?? { proofs: [], factors: [] };
    const holds = { ...withCard(enrolled, survey.cardsMapped.has(account.guid), cardsCount), cardsCount };
    const filled = { before: new Map<Stages, boolean>(), draft: new Map<Stages, boolean>() };
    for (const one of cases) {
      const [was, would] = [
        await standing(sides.before, account, one, holds, filled.before),
        await standing(sides.draft, account, one, holds, filled.draft),
      ];
      const asked = account.protectedBy === undefined ? 0 : 1;
      const changed = sides.before.requirements.get(was.chosen)?.[asked] !== sides.draft.requirements.get(would.chosen)?.[asked];
      const telling = sides.before.telling.get(was.chosen)?.[asked] !== sides.draft.telling.get(would.chosen)?.[asked];
      compared.push({ account, case: one, before: was.standing, draft: would.standing, changed, telling });
    }
  }
  return compared;
}

/** By which attributes these policies link an account to its owner: what a survey has to read for them. */
export function ownerAttributesOf(policies: readonly Policy[]): string[] {
  return [...new Set(policies.flatMap(({ identities }) => identities.owner.map(({ attribute }) => attribute)))];
}

/** Nothing at all, and one address of every network that one of the policies names: what a rule may be chosen by. */
export function casesOf(policies: readonly Policy[], moments: readonly Date[]): Case[] {
  const firsts = policies.flatMap(({ networks }) => Object.values(networks).flat()).map((block) => block.split('/')[0] ?? '');
  return moments.flatMap((at) => [undefined, ...new Set(firsts)].map((address) => ({ address, at })));
}

async function sideOf(survey: Survey, policy: Policy, cases: readonly Case[]): Promise<Side> {
  const people = survey.peopleBy(policy.identities);
  const whole = <A extends DirectoryAccount>(account: A): A => ({ ...account, accounts: people.get(account.guid) ?? [] });
  const members = new Map<string, readonly DirectoryAccount[]>();
  return {
    policy,
    survey: {
      ...survey,
      account: (guid) => {
        const account = survey.account(guid);
        return account && whole(account);
      },
      members: (sid) => {
        const list = members.get(sid) ?? survey.members(sid).map(whole);
        members.set(sid, list);
        return list;
      },
    },
    sids: await groupSids(groupsOfPolicy(policy), (name) => survey.groupSid(name)),
    networks: new Map(cases.map((one) => [one, networksOf(policy.networks, one.address)])),
    requirements: new Map(policy.rules.map((rule) => [rule, [requirementsOf(policy, rule, false), requirementsOf(policy, rule, true)]])),
    telling: new Map(policy.rules.map((rule) => [rule, [tellingOf(policy, rule, false), tellingOf(policy, rule, true)]])),
  };
}

async function standing(
  { policy, sids, networks, survey }: Side,
  account: DirectoryAccount,
  one: Case,
  holds: Methods & { cardsCount: boolean },
  filled: Map<Stages, boolean>,
): Promise<{ standing: Standing; chosen: Rule | undefined }> {
  const circumstances: Circumstances = {
    flags: flagsOf(account),
    via: 'portal',
    networks: networks.get(one) ?? [],
    at: one.at.toISOString(),
  };
  const place: Place = placeOf(account, sids);
  const situation = { isProtected: account.protectedBy !== undefined, place, circumstances };
  const rule = selectRule(policy, situation);
  const hasNobody = async (stages: Stages): Promise<boolean> => {
    const known = filled.get(stages) ?? (await isFilled(survey, policy, account, stages));
    filled.set(stages, known);
    return !known;
  };
  const noApprover = rule !== undefined && (await hasNobody(rule.approvals));
  const { smartcardRequired, created } = account;
  const holdsNothing = holds.factors.length === 0 && !holds.proofs.includes('recovery-code');
  return {
    chosen: rule,
    standing: {
      rule: rule?.id,
      may: rule?.may ?? [],
      noApprover,
      noReplacement: rule?.replaceFactors !== undefined && (await hasNobody(rule.replaceFactors.approvals)),
      firstByPassword: holdsNothing && firstFactorCondition(policy, { ...situation, smartcardRequired, created }) !== undefined,
      alone: canAlone(rule, holds),
      unready: whyNotReady(rule, { held: holds, noApprover, smartcardRequired, cardsCount: holds.cardsCount }),
    },
  };
}

async function isFilled(survey: Survey, { roles }: Policy, account: DirectoryAccount, approvals: Stages): Promise<boolean> {
  const sources = await Promise.all(
    approvals.map((stage) => resolveBy(survey, account, sourcesOf(stage, stage.timers.escalate.length), roles)),
  );
  return canBeFilled(approvals, sources, survey.account(account.guid) ?? account, survey);
}
