import type { AccountFacts } from '#domain/account.ts';
import type { ResolvedSource } from '#domain/approval.ts';
import { sourcesOf, type ApprovalStage } from '#domain/approval-stage.ts';
import { peopleOfStatement, type Attestation, type Identified } from '#domain/attestation.ts';
import { makersOf } from '#domain/delegation.ts';
import { groupsOfRules, placeOf, selectRule, type Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { trackOfStatements, type ResetTrack } from '#domain/reset-track.ts';
import { judgeWrite as judgeByRule } from '#domain/write-conditions.ts';
import { endedOf } from '#prisma/delegations.ts';
import { delegationsOf } from '#prisma/delegation-text.ts';
import { policyVersion } from '#prisma/policies.ts';
import { whyNotPublished } from '#prisma/publication-text.ts';
import { signedDecisions } from '#prisma/decision-text.ts';
import type { DirectoryAccount } from '../directory/account.ts';
import { resolveSources, resolveVouchers } from '../directory/approver-sources.ts';
import { readAccount } from '../directory/find-account.ts';
import { groupSid } from '../directory/group-members.ts';
import { groupSids } from '../directory/group-sids.ts';
import { withTheirAccounts } from '../directory/same-people.ts';
import { operationAsked, type AnyAsked } from './asked.ts';
import { withShownCards, withTrustedCards } from './cards.ts';
import { databaseTime, lastResets, type Claim } from './claims.ts';
import type { WriterDeps } from './deps.ts';
import { factorChanges } from './factor-changes.ts';
import { withKnownDevices } from './known-devices.ts';
import { revokedFactors } from './revoked-factors.ts';
import { unsoundFactors, withSoundKeys } from './sound-keys.ts';
import { signedStatements } from './statements.ts';

export type Allowed = {
  account: AccountFacts;
  policy: { sha256: string; rule: string };
  /** SHA-256 of every signed statement that was judged by. */
  statements: readonly string[];
  /** How many passwords of one reset may be tried at the directory. */
  passwordsPerReset: number;
  /** What the write rests on, and whether it may be made before the witnesses have cosigned the intent. */
  by: 'approvals' | 'break-glass';
  /** Of NIST SP 800-63B-4, by what was shown. */
  track: ResetTrack;
  unwitnessed: boolean;
};

/**
 * Whether this write may be made, by nobody's word: statements by their signature, the policy by its hash within them,
 * the account, its approvers, the issuers and those who vouched as this writer's own bind reads them now. `thrown`: this writer's own
 * claim of the throw-away password that it set before.
 */
export async function judgeWrite(
  deps: WriterDeps,
  asked: AnyAsked,
  thrown?: Claim,
): Promise<{ refused: RefusalCode } | { allowed: Allowed }> {
  const { db, directory } = deps;
  const { attestations: all, hashes } = await signedStatements(db, asked.reset, deps.verifierKey);
  const now = await databaseTime(db);
  const { attestations: shown, revoked: revokedCards } = await withShownCards(deps, all, now);
  const named = shown.find((a): a is Identified => a.kind === 'identified' && a.run === asked.run);
  const frozen = named && (await policyVersion(db, named.policy));
  if (!named || !frozen) return { refused: 'evidence-missing' };
  const attestations = await withKnownDevices(db, shown, { named, knownWithin: frozen.policy.devices.knownWithin });
  if (!(await isPublished(deps, frozen.sha256))) return { refused: 'policy-not-published' };

  const read = await readAccount(directory, asked.account);
  // It was there when the verifier named it, or it is another's: either way not the account of this reset any more.
  if (!read) return { refused: 'account-changed' };
  const delegations = delegationsOf(attestations, deps.verifierKey, deps.relyingParty);
  const found = await readPeople(deps, attestations, [...delegations.values()].flatMap(makersOf));
  const [account = read, ...others] = await withTheirAccounts(directory, frozen.policy.identities, [read, ...found]);
  const place = placeOf(account, await groupSids(groupsOfRules(frozen.policy), (name) => groupSid(directory, name)));
  const rule = selectRule(frozen.policy, {
    isProtected: account.protectedBy !== undefined,
    place,
    circumstances: named.circumstances,
  });
  const people = new Map<string, AccountFacts>(others.map((person) => [person.guid, person]));
  const models = { verifierKey: deps.verifierKey, metadata: deps.metadata(), demands: frozen.policy.passkeys };
  const judged = judgeByRule({
    reset: asked.reset,
    run: asked.run,
    writerClass: deps.writerClass,
    operation: operationAsked(asked),
    policy: frozen.policy,
    policySha256: frozen.sha256,
    attestations,
    account,
    setBefore: thrown?.after ?? undefined,
    place,
    people,
    sources: await Promise.all((rule?.approvals ?? []).map((stage) => sourcesNow(deps, account, stage, frozen.policy))),
    voucherSources: rule?.vouchers ? await resolveVouchers(directory, account, rule.vouchers, frozen.policy.roles) : [],
    breakGlassSources: rule?.breakGlass ? await resolveSources(directory, account, rule.breakGlass.from, frozen.policy.roles) : [],
    lastResets: await lastResets(db, [...people.keys()]),
    factorChanges: await factorChanges(db, deps.verifierKey, [...people.keys()]),
    revoked: new Set([
      ...revokedCards,
      ...(await revokedFactors(db, attestations, deps.verifierKey)),
      ...(await unsoundFactors(db, attestations, models)),
    ]),
    delegations,
    withdrawn: await endedOf(
      db,
      [...delegations.values()].map(({ id }) => id),
    ),
    // By this writer's own settings, whatever page and relying party a record names.
    signedDecisions: await withTrustedCards(deps, {
      attestations,
      signed: withSoundKeys(signedDecisions(attestations, deps.verifierKey, deps.relyingParty), attestations, models),
      now,
    }),
    now,
  });
  if ('refused' in judged) return judged;
  if (!rule) return { refused: 'no-rule' };
  return {
    allowed: {
      account,
      policy: { sha256: frozen.sha256, rule: rule.id },
      statements: hashes,
      passwordsPerReset: frozen.policy.attempts.passwordsPerReset,
      track: trackOfStatements(operationAsked(asked), attestations, asked),
      ...judged,
    },
  };
}

/** Whether two pinned publishers signed this version, or the operator pinned it by hand: by this writer's own copy of both. */
export async function isPublished({ db, verifierKey, relyingParty, pinnedPublishers }: WriterDeps, sha256: string): Promise<boolean> {
  const row = await db.policyVersion.findUnique({ where: { sha256 }, select: { publication: true } });
  return whyNotPublished(sha256, row?.publication, { verifierKey, pinned: pinnedPublishers(), party: relyingParty }) === undefined;
}

async function readPeople(
  { directory }: WriterDeps,
  attestations: readonly Attestation[],
  makers: readonly string[],
): Promise<DirectoryAccount[]> {
  const people: DirectoryAccount[] = [];
  for (const guid of new Set([...attestations.flatMap(peopleOfStatement), ...makers])) {
    const person = await readAccount(directory, guid);
    if (person) people.push(person);
  }
  return people;
}

function sourcesNow(
  { directory }: WriterDeps,
  account: DirectoryAccount,
  stage: ApprovalStage,
  { roles }: Policy,
): Promise<ResolvedSource[]> {
  return resolveSources(directory, account, sourcesOf(stage, stage.timers.escalate.length), roles);
}
