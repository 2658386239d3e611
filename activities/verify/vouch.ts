import type { DeedAsked } from '#activities/contract.ts';
import type { VouchAnswer } from '#activities/vouch-contract.ts';
import { endingsOfCode } from '#domain/request-code.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { whyNotVouch, type ResolvedVoucher } from '#domain/vouching.ts';
import type { Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import type { VerifierDeps } from './deps.ts';
import { checkShown } from './factor-shown.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { ONLY } from './issue-code.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { ownDeed } from './own-deed.ts';
import { accountInLeaf, withAccounts, type Person } from './people.ts';
import { identifiedIn } from './statements.ts';
import { keepVouch } from './vouch-rows.ts';

/** An open reset whose rule takes a colleague's word, and who may give it. */
interface OpenToVouching {
  reset: string;
  policy: Policy;
  sources: readonly ResolvedVoucher[];
}

/**
 * Somebody signed in to My factors vouches for the person beside them: they type that person's account and the request code
 * on that person's screen, and confirm it with a fresh code of their own. Judged by domain/vouching.ts over everybody as the
 * directory has them now. Attempts are counted before anything is judged; a refusal uses up no code. It counts once, for this
 * reset, for as long as a reset may stay unproven, and only when the claimant names the same colleague.
 */
export async function vouch(deps: VerifierDeps, asked: DeedAsked): Promise<VouchAnswer> {
  const attempt = { purpose: 'vouch', subject: asked.request, updateId: ONLY, sealed: asked.sealed, account: asked.account } as const;
  return ownDeed<'vouch', Extract<VouchAnswer, { outcome: 'done' }>>(deps, attempt, { type: 'vouch.refused' }, async (typed, voucher) => {
    const claimant = await deps.people.find(typed.whom);
    const open = claimant && (await openReset(deps, claimant, typed.requestCode));
    const { policy } = open ?? (await policyInForce(deps.db));
    const whole = await withAccounts(deps.people, policy.identities, [claimant, voucher]);
    const about = open && claimant ? { reset: open.reset, account: accountInLeaf(claimant) } : {};
    const act = async (tx: Transaction) => {
      const key = `vouch:${typed.account}`;
      const refusal = !(await raiseAttempts(tx, key, policy.attempts.perAccountPerHour))
        ? 'too-many-requests'
        : !voucher || !claimant || !open
          ? 'vouch-not-open'
          : await whyNot(tx, open, whole(voucher), whole(claimant));
      if (refusal || !open || !claimant) return { refusal: refusal ?? 'vouch-not-open' };
      const shown = await checkShown(tx, deps, typed, policy);
      if ('refusal' in shown) return shown;
      if (shown.by !== 'totp' && shown.by !== 'hardware-token') return { refusal: 'factor-not-accepted' as const };
      await forgiveAttempt(tx, key);
      const by = { method: shown.by, credential: shown.credential ?? '' };
      const whose = { resetId: open.reset, accountGuid: claimant.guid, voucherGuid: typed.account };
      const kept = await keepVouch(tx, deps, { ...whose, ...by, seconds: policy.timers.unproven });
      const said = { credential: kept.id, expires: kept.expiresAt.toISOString() };
      return {
        answer: { outcome: 'done' as const, vouch: kept.id },
        leaf: { type: 'vouch.given', ...about, do: said } as const,
        by: { ...by, consumed: shown.consumed },
      };
    };
    return { about, act };
  });
}

/** The open reset of this account with this request code, when its frozen rule has somebody who may vouch. */
async function openReset(deps: VerifierDeps, claimant: Person, requestCode: string): Promise<OpenToVouching | undefined> {
  const endings = endingsOfCode(requestCode) ?? [];
  const rows = await deps.db.$queryRaw<{ id: string }[]>`
    SELECT id FROM reset WHERE account_guid = ${claimant.guid}::uuid AND ended_at IS NULL AND right(id::text, 8) = ANY(${endings})`;
  const found: OpenToVouching[] = [];
  for (const { id } of rows) {
    // The row says which reset; whose it is and by what rule, only this process's own statement.
    const identified = await identifiedIn(deps.db, deps, id);
    if (identified?.account !== claimant.guid) continue;
    const { policy } = await frozenPolicy(deps.db, identified.policy);
    const vouchers = ruleOf(policy, identified.rule)?.vouchers;
    if (vouchers) found.push({ reset: id, policy, sources: await deps.people.vouchers(claimant, vouchers, policy.roles) });
  }
  // Two with one code are none: nobody could say which of them was meant.
  return found.length === 1 ? found[0] : undefined;
}

async function whyNot(
  tx: Transaction,
  { policy, sources }: OpenToVouching,
  voucher: Person,
  claimant: Person,
): Promise<RefusalCode | undefined> {
  if (voucher.locked) return 'account-not-active';
  const changes = (await lastChanges(tx, [voucher.guid]))(voucher.guid);
  return whyNotVouch({ voucher, claimant, sources, ...changes, coolingOffSeconds: policy.timers.coolingOff, now: await databaseTime(tx) });
}
