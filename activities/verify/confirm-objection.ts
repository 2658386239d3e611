import type { Asked, LockChecked } from '#activities/contract.ts';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import type { Transaction } from '#db';
import { takeDecisionTurn } from './decision-question.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { RECOVER } from './lose-factors.ts';
import { ownDeed } from './own-deed.ts';
import { attest, statementsOf } from './statements.ts';

/**
 * Signs that whose account it is did not ask for the replacement of their factors: it ends for good, and the officers are called.
 * The directory password at the portal is enough, since an objection can only keep things as they are; and whoever knows the
 * password of another and uses it for that has shown it to those whom the alarm calls.
 */
export async function confirmObjection(deps: VerifierDeps, asked: Asked & { account: string | null }): Promise<LockChecked> {
  const { reset, run, updateId, sealed } = asked;
  const account = asked.account ?? '';
  return ownDeed<'objection', Extract<LockChecked, { outcome: 'confirmed' }>>(
    deps,
    { purpose: 'objection', subject: reset, updateId, sealed, account },
    { type: 'replacement.objected', reset, update: updateId },
    async () => ({
      about: {},
      act: async (tx: Transaction) => {
        // Whoever replaces the factors takes the same turn: one of the two comes first, and the other finds it.
        await takeDecisionTurn(tx, reset);
        const said = await statementsOf(tx, deps, asked);
        if (said.operation !== 'replace-factors' || said.replaced.length > 0) return { refusal: 'objection-too-late' as const };
        // A verifier that died after signing left an objection that nobody heard of; and one is as good as two.
        if (said.objections.length > 0) return { answer: { outcome: 'confirmed' as const } };
        const attestation = await attest(tx, deps, { kind: 'objection', reset, run, account, person: account });
        await raiseAlarm(tx, { kind: 'replacement-objected', subject: reset, reset }, VERIFIER);
        return {
          answer: { outcome: 'confirmed' as const },
          leaf: { type: 'replacement.objected' as const, reset, update: updateId, do: { attestation, ...RECOVER } },
          by: { method: 'password' as const, credential: null, consumed: [] },
        };
      },
    }),
  );
}
