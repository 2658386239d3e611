import { normalisePassword } from '#domain/password-rules.ts';
import { passwordDemands } from '#domain/policy.ts';
import type { Next } from '#domain/next.ts';
import { isTerminal } from '#domain/reset-state.ts';
import { policyVersion } from '#prisma/policies.ts';
import type { PasswordMessage } from '#workflows/messages.ts';
import { BANNED_LIST_FAULTS, BannedListRefused } from '#evidence/banned-list.ts';
import type { BannedList } from './banned-list.ts';
import { heldReset, nextOf, type HeldReset } from './held-reset.ts';
import { passwordRulesOf, whyNotPassword } from './password-check.ts';
import type { PortalDeps } from './portal-deps.ts';
import type { PortalFlow } from './portal-flow.ts';
import { recordRefusal } from './refused-deed.ts';
import { RefusedStep } from './refused-step.ts';
import { updateIdOf } from './update-id.ts';

/**
 * Judges a chosen password and seals it to the one writer that serves the account. A refused one goes nowhere; that it
 * was refused, and why, goes into the history. Throws `password-refused` with the reasons.
 */
export async function chooseResetPassword(deps: PortalDeps, ask: Parameters<PortalFlow['choosePassword']>[0]): Promise<Next> {
  const { db, hash, engine, admission } = deps;
  const held = await heldReset(db, hash, ask);
  await admission.step(held.id);
  // Made of the request alone, so that a repeated one finds its answer after a crash; no hash of a password enters a history.
  const updateId = (kind: PasswordMessage['kind']) => updateIdOf(hash, { nonce: ask.nonce, route: kind, reset: held.id, typed: '' });
  if (held.state !== 'choosing-password') {
    const earlier = await engine.answered(held.id, updateId('sealed'));
    if (earlier) return nextOf(db, held.id, earlier);
    const code = isTerminal(held.state) ? 'reset-ended' : 'not-now';
    await recordRefusal(db, {
      type: 'reset.not-now',
      reset: held.id,
      actor: { type: 'claimant' },
      reason: code,
      personal: { address: ask.source },
    });
    throw new RefusedStep(code, held.next);
  }
  const message = await messageFor(deps, held, { password: normalisePassword(ask.password), endsOld: ask.endOldPassword === true });
  return nextOf(db, held.id, await engine.update(held.id, 'choosePassword', updateId(message.kind), message));
}

async function messageFor(
  deps: PortalDeps,
  held: HeldReset,
  { password, endsOld }: { password: string; endsOld: boolean },
): Promise<PasswordMessage> {
  const { db, sealer } = deps;
  const frozen = held.policySha256 === null ? undefined : await policyVersion(db, held.policySha256);
  if (!frozen || held.accountGuid === null || held.runId === null)
    throw new Error('a reset in which a password is chosen lacks its policy, account or run');
  const { siteWords } = passwordDemands(
    frozen.policy,
    frozen.policy.rules.find(({ id }) => id === held.ruleId),
  );
  const banned = await bannedNow(deps, held, frozen.policy.password.oldestBannedList);
  const reasons = await whyNotPassword(password, passwordRulesOf(held.passwordRules), { banned, guessable: deps.guessable, siteWords });
  if (reasons.length > 0) return { kind: 'refused-at-the-door', reasons };
  const ending = endsOld ? ({ endOldPassword: true } as const) : {};
  const { id, digest, expiresAt } = await sealer.seal(db, {
    recipient: held.protectedBy === null ? 'writer-staff' : 'writer-privileged',
    purpose: 'password',
    subject: held.id,
    run: held.runId,
    account: held.accountGuid,
    // Sealed with it too: the writer ends an old password by the claimant's word and by nobody else's.
    value: { password, ...ending },
    seconds: frozen.policy.timers.sealedPassword,
  });
  return { kind: 'sealed', sealed: id, digest, expiresAt, ...ending };
}

/** The list in force. Fails closed: without one that holds, or with one that is older than the policy allows, nothing is taken, and no try is counted. */
async function bannedNow({ db, banned, log }: PortalDeps, held: HeldReset, oldest: number | undefined): Promise<BannedList> {
  const list = await banned().catch((error: unknown) => {
    if (!(error instanceof BannedListRefused)) throw error;
    log.error({ fault: error.fault }, error.message);
    return undefined;
  });
  if (list && (oldest === undefined || Date.now() <= Date.parse(list.head.made) + oldest * 1000)) return list;
  if (list) log.error({ made: list.head.made }, BANNED_LIST_FAULTS['too-old']);
  const code = 'banned-list-unusable';
  await recordRefusal(db, { type: 'password.refused', reset: held.id, actor: { type: 'claimant' }, reason: code });
  throw new RefusedStep(code, held.next);
}
