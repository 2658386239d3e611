import type { AccountFacts } from '#domain/account.ts';
import { sourcesOf } from '#domain/approval-stage.ts';
import { peopleOfStatement } from '#domain/attestation.ts';
import { makersOf } from '#domain/delegation.ts';
import { stagesFor } from '#domain/factor-replacement.ts';
import { groupsOfRules, placeOf } from '#domain/policy.ts';
import type { ReplacementQuestion } from '#domain/replacement-conditions.ts';
import { groupSids } from '#activities/directory/group-sids.ts';
import { delegationsOf } from '#prisma/delegation-text.ts';
import { endedOf } from '#prisma/delegations.ts';
import { signedDecisions } from '#prisma/decision-text.ts';
import type { Transaction } from '#db';
import type { VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { withAccounts, type Person } from './people.ts';
import { statementsOf } from './statements.ts';

interface OfReset {
  reset: string;
  run: string;
  account: string;
}

/** What the directory says now of everybody whom a replacement concerns, read before the transaction that judges it. */
export interface ReplacementRead {
  holder: Person;
  /** The question as of this transaction: the statements, the clock and what changed are read within it. */
  question(tx: Transaction): Promise<ReplacementQuestion>;
}

/**
 * Reads claimant, approvers and issuers from the directory, as a writer does before a write. Undefined when the account is
 * gone. Throws DirectoryUnavailable.
 */
export async function readReplacement(deps: VerifierDeps, asked: OfReset): Promise<ReplacementRead | undefined> {
  const said = await statementsOf(deps.db, deps, asked);
  const { policy, sha256 } = await frozenPolicy(deps.db, said.identified.policy);
  const rule = ruleOf(policy, said.identified.rule);
  const holder = await deps.people.read(asked.account);
  if (!holder) return undefined;
  const delegations = delegationsOf(said.all, deps.keys.checking, deps.relyingParty);
  const concerned = new Set([...said.all.flatMap(peopleOfStatement), ...[...delegations.values()].flatMap(makersOf)]);
  const found = (await Promise.all([...concerned].map((guid) => deps.people.read(guid)))).filter((one) => one !== undefined);
  const whole = await withAccounts(deps.people, policy.identities, [holder, ...found]);
  const people = new Map<string, AccountFacts>(found.map((one) => [one.guid, whole(one)]));
  const place = placeOf(holder, await groupSids(groupsOfRules(policy), (name) => deps.people.groupSid(name)));
  const sources = await Promise.all(
    stagesFor(rule, 'replace-factors').map((stage) =>
      deps.people.sources(holder, sourcesOf(stage, stage.timers.escalate.length), policy.roles),
    ),
  );
  const voucherSources = rule?.vouchers ? await deps.people.vouchers(holder, rule.vouchers, policy.roles) : [];
  return {
    holder,
    async question(tx) {
      const { all } = await statementsOf(tx, deps, asked);
      const changes = await lastChanges(tx, [...people.keys()]);
      const dates = (of: 'lastOwnReset' | 'lastFactorChange') =>
        new Map([...people.keys()].flatMap((guid) => [changes(guid)[of]].flatMap((at) => (at ? [[guid, at] as const] : []))));
      return {
        reset: asked.reset,
        run: asked.run,
        policy,
        policySha256: sha256,
        attestations: all,
        account: whole(holder),
        place,
        people,
        sources,
        voucherSources,
        lastResets: dates('lastOwnReset'),
        factorChanges: dates('lastFactorChange'),
        delegations,
        withdrawn: await endedOf(
          tx,
          [...delegations.values()].map(({ id }) => id),
        ),
        // Cards were judged by their lists when each decision was confirmed here.
        signedDecisions: signedDecisions(all, deps.keys.checking, deps.relyingParty),
        now: await databaseTime(tx),
      };
    },
  };
}
