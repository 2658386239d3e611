import { takeAccountTurn } from '#activities/account-turn.ts';
import type { Asked, LockChecked } from '#activities/contract.ts';
import { lockStatement, OFFICER_TAG } from '#domain/joint-act.ts';
import type { Transaction } from '#db';
import { confirmedDeed } from './confirmed-deed.ts';
import type { VerifierDeps } from './deps.ts';
import { frozenPolicy } from './frozen-policy.ts';
import { MAY_HAVE_BEEN_SET } from './last-own-resets.ts';
import { whyNotOfficer } from './officers.ts';
import { ownDeed } from './own-deed.ts';
import { attest, statementsOf } from './statements.ts';

type LockAsked = Asked & { account: string | null; officer: string; reason: string };

/**
 * Confirms that a security officer ends a reset for good, and signs it: the writer refuses whatever comes after. Any
 * officer may, also of their own account and soon after a reset of their own, with their key or, when they have none at
 * hand, with a code: a lock can only keep a password from being changed. It comes too late once a write is claimed.
 */
export async function confirmLock(deps: VerifierDeps, asked: LockAsked): Promise<LockChecked> {
  const { reset, run, updateId, sealed, officer: account } = asked;
  return ownDeed<'lock', Extract<LockChecked, { outcome: 'confirmed' }>>(
    deps,
    { purpose: 'lock', subject: reset, updateId, sealed, account },
    { type: 'reset.lock-refused', reset, update: updateId },
    async (typed, officer) => {
      const said = await statementsOf(deps.db, deps, asked);
      const { policy } = await frozenPolicy(deps.db, said.identified.policy);
      const why = typed.reason === asked.reason ? await whyNotOfficer(deps, officer) : 'service-unavailable';
      const reason = typed.reason;
      const act = async (tx: Transaction) => {
        await takeAccountTurn(tx, said.identified.account);
        // A verifier that died after signing left a lock that nobody heard of; and one lock is as good as two.
        const [before] = (await statementsOf(tx, deps, asked)).locks;
        if (before) return { answer: { outcome: 'confirmed' as const } };
        const refusal = why ?? ((await mayBeWritten(tx, reset)) ? 'lock-too-late' : undefined);
        if (refusal) return { refusal };
        const by = await confirmedDeed(tx, deps, {
          account,
          subject: reset,
          policy,
          by: typed.by,
          tag: OFFICER_TAG,
          purpose: `lock/${reset}`,
          statement: (ceremony) => lockStatement(ceremony, { reset, reason }),
          source: typed.source,
        });
        if ('refusal' in by) return by;
        const { method, credential, signed } = by;
        const attestation = await attest(tx, deps, {
          kind: 'lock',
          reset,
          run,
          account: said.identified.account,
          person: account,
          reason,
          method,
          credential,
          ...(signed ? { signed } : {}),
        });
        const shown = { lockedBy: account, lockedByName: officer?.displayName ?? null };
        await tx.reset.updateMany({ where: { id: reset }, data: shown });
        const leaf = { type: 'reset.locked', reset, update: updateId, do: { reason, attestation, credential } } as const;
        return { answer: { outcome: 'confirmed' as const }, leaf, by };
      };
      return { about: {}, act };
    },
  );
}

/** Whether a write of this reset was made, or is being made: what was certainly not made can still be kept from being tried again. */
async function mayBeWritten(tx: Transaction, reset: string): Promise<boolean> {
  return (await tx.writeClaim.count({ where: { resetId: reset, state: { in: MAY_HAVE_BEEN_SET } } })) > 0;
}
