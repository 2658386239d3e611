import { openWays } from '#domain/key-kinds.ts';
import { createHmac } from 'node:crypto';
import type { Asked, IdentifiedAccount } from '#activities/contract.ts';
import { Broken, TypedLost } from '#activities/closed-failures.ts';
import { groupSids } from '#activities/directory/group-sids.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { whyNotReset } from '#domain/account-state.ts';
import type { PasswordPolicy } from '#domain/password-rules.ts';
import { lastMoment } from '#domain/write-conditions.ts';
import { flagsOf, type Circumstances } from '#domain/circumstances.ts';
import { groupsOfRules, isServed, passwordDemands, placeOf, selectRule, type Policy, type Rule } from '#domain/policy.ts';
import type { Transaction } from '#db';
import { networksOf } from '#prisma/networks.ts';
import { policyInForce, type FrozenPolicy } from '#prisma/policies.ts';
import { NOBODY, VERIFIER, type VerifierDeps } from './deps.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import type { Person } from './people.ts';
import { attest } from './statements.ts';
import type { Typed } from './typed.ts';

/** What the API needs to judge a chosen password (api/password-check.ts), stored with the reset. */
export interface StoredPasswordRules {
  policy: PasswordPolicy;
  /** Names that must not be in the password: AD's own rule. */
  names: string[];
  /** What else others know of the person: of such words no password may be made. */
  own: string[];
  /** The product's own minimum, whatever the directory asks for. */
  minLength: number;
}

/**
 * Finds the account that was named, freezes the policy in force, and signs both. Unknown, unserved and unreadable names
 * go on as decoys: the same reads and the same statements are run, and of the name itself only an HMAC is left, since
 * people type passwords into the wrong box. Throws TypedLost when the name itself is gone: a decoy made of nothing would
 * refuse the right codes of a real person.
 */
export async function identify(deps: VerifierDeps, asked: Asked): Promise<IdentifiedAccount> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<IdentifiedAccount>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openTyped(deps, 'account-name', asked.sealed, asked.reset);
  if (!typed) {
    // An overlapping attempt erases the name together with its outcome.
    const other = await earlierOutcome<IdentifiedAccount>(deps, attempt);
    if (other) return other;
    throw new TypedLost();
  }
  const frozen = await policyInForce(deps.db);
  // Where the claimant stands, also for a name that nobody has.
  const people = deps.peopleNear(typed.source === undefined ? undefined : await deps.sites.of(typed.source));
  const found = await people.find(typed.account);
  const person = found && isServed(frozen.policy, found) ? found : undefined;
  const passwordPolicy = await people.passwordPolicy(person);
  // The same reads for a decoy.
  const sids = await groupSids(groupsOfRules(frozen.policy), (name) => deps.people.groupSid(name));
  const circumstances: Circumstances = {
    flags: person ? flagsOf(person) : [],
    via: typed.via,
    networks: networksOf(frozen.policy.networks, typed.source),
    at: (await databaseTime(deps.db)).toISOString(),
  };
  const isProtected = person?.protectedBy !== undefined;
  const rule = person && selectRule(frozen.policy, { isProtected, place: placeOf(person, sids), circumstances });

  return once(deps, attempt, async (tx) => {
    await fillReset(tx, deps, asked.reset, { person, typed, rule, frozen, passwordPolicy });
    await attest(tx, deps, {
      kind: 'identified',
      reset: asked.reset,
      run: asked.run,
      account: person?.guid ?? NOBODY,
      sid: person?.sid ?? '',
      policy: frozen.sha256,
      rule: rule?.id ?? null,
      circumstances,
      protected: isProtected,
      manager: person?.managerGuid ?? null,
      pwdLastSet: person?.pwdLastSet ?? '0',
    });
    return { outcome: answerFor(frozen, person, rule, await databaseTime(tx)) };
  });
}

interface Findings {
  person: Person | undefined;
  typed: Typed<'account-name'>;
  rule: Rule | undefined;
  frozen: FrozenPolicy;
  passwordPolicy: PasswordPolicy;
}

async function fillReset(
  tx: Transaction,
  deps: VerifierDeps,
  reset: string,
  { person, typed, rule, frozen, passwordPolicy }: Findings,
): Promise<void> {
  const nameHash = createHmac('sha256', deps.keys.names)
    .update(`name\n${typed.account.normalize('NFC').trim().toLowerCase()}`)
    .digest();
  const rules: StoredPasswordRules = {
    policy: passwordPolicy,
    names: person ? [person.samAccountName, person.displayName] : [],
    own: person ? [person.givenName, person.surname, person.upn?.replace(/@.*/, ''), person.employeeId].flatMap((one) => one ?? []) : [],
    minLength: passwordDemands(frozen.policy, rule).minLength,
  };
  const { count } = await tx.reset.updateMany({
    where: { id: reset },
    data: {
      accountGuid: person?.guid ?? null,
      accountSid: person?.sid ?? null,
      accountName: person?.samAccountName ?? null,
      displayName: person?.displayName ?? null,
      nameHash: person ? null : new Uint8Array(nameHash),
      protectedBy: person?.protectedBy ?? null,
      ruleId: rule?.id ?? null,
      policySha256: frozen.sha256,
      passwordRules: { ...rules, policy: { ...rules.policy } },
      // Of a decoy the same is stored as of most people: that nothing limits it.
      signIn: { ...person?.signIn },
    },
  });
  if (count !== 1) throw new Broken('a reset without a row was to be identified');
  await recordLeaf(
    tx,
    {
      type: 'reset.requested',
      outcome: 'success',
      reset,
      actor: { type: 'claimant' },
      policy: { sha256: frozen.sha256, rule: rule?.id ?? null },
      do: { decoy: person ? 'no' : 'yes', protected: person?.protectedBy ?? null },
      personal: { name: person?.samAccountName ?? nameHash.toString('hex'), ...(typed.source ? { address: typed.source } : {}) },
    },
    VERIFIER,
  );
}

function answerFor(frozen: FrozenPolicy, person: Person | undefined, rule: Rule | undefined, at: Date): IdentifiedAccount {
  return {
    account: person?.guid ?? null,
    isProtected: person?.protectedBy !== undefined,
    rule: rule?.id ?? null,
    policy: frozen.sha256,
    may: [...(rule?.may ?? [])],
    accept: (rule ? openWays(frozen.policy, rule, person?.protectedBy !== undefined) : []).map(({ name, proofs, factors }) => ({
      name,
      proofs: [...proofs],
      factors: [...factors],
    })),
    stages: (rule?.approvals ?? []).map(({ label, needs, beside }) => ({ label, needs, beside })),
    ...(rule?.replaceFactors
      ? {
          replacement: {
            accept: rule.replaceFactors.accept.map(({ name, proofs }) => ({ name, proofs: [...proofs] })),
            stages: rule.replaceFactors.approvals.map(({ label, needs, beside }) => ({ label, needs, beside })),
            longest: secondsUntil(lastMoment(frozen.policy, rule, at, 'replace-factors'), at),
          },
        }
      : {}),
    longest: rule ? secondsUntil(lastMoment(frozen.policy, rule, at), at) : 0,
    whyNot: person ? (whyNotReset(person) ?? (rule ? null : 'no-rule')) : null,
    ...fromPolicy(frozen.policy),
  };
}

function secondsUntil(then: Date, now: Date): number {
  return Math.ceil((then.getTime() - now.getTime()) / 1000);
}

function fromPolicy({ timers, attempts }: Policy): Pick<IdentifiedAccount, 'timers' | 'attempts'> {
  return {
    timers: {
      unproven: timers.unproven,
      choosePassword: timers.choosePassword,
      sealedPassword: timers.sealedPassword,
    },
    attempts: { proofs: attempts.proofsPerReset, factors: attempts.factorsPerReset, passwords: attempts.passwordsPerReset },
  };
}
