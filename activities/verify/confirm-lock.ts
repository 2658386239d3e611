import { takeAccountTurn } from '#activities/account-turn.ts';
import type { Asked, LockChecked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy } from './frozen-policy.ts';
import { MAY_HAVE_BEEN_SET } from './last-own-resets.ts';
import { whyNotOfficer } from './officers.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { byOwnCode } from './own-code.ts';
import type { Person } from './people.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere, type Typed } from './typed.ts';

type LockAsked = Asked & { account: string | null; officer: string; reason: string };

/**
 * Confirms that a security officer ends a reset for good, and signs it: the writer refuses whatever comes after. Any
 * officer may, also of their own account and soon after a reset of their own: a lock can only keep a password from being
 * changed. It comes too late once a write is claimed. A refusal before the factor burns no code.
 */
export async function confirmLock(deps: VerifierDeps, asked: LockAsked): Promise<LockChecked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<LockChecked>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'lock', asked.sealed, asked.reset);
  // Sealed by whoever was signed in: the worker cannot put the lock on somebody else, or give it another reason.
  const typed = opened?.officer === asked.officer && opened.reason === asked.reason ? opened : undefined;
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const officer = await deps.people.read(asked.officer);
  const why = await whyNotOfficer(deps, officer);

  return once<LockChecked>(deps, attempt, async (tx) => {
    await takeAccountTurn(tx, said.identified.account);
    // A verifier that died after signing left a lock that nobody heard of; and one lock is as good as two.
    const [signed] = (await statementsOf(tx, deps, asked)).locks;
    if (signed) return { outcome: { outcome: 'confirmed' } };
    const refusal = why ?? ((await mayBeWritten(tx, asked.reset)) ? 'lock-too-late' : undefined);
    if (refusal) return { outcome: await refuse(tx, asked, { officer, typed }, refusal) };
    const passed = await byOwnCode(tx, deps, { account: asked.officer, subject: asked.reset, policy }, typed?.value);
    if ('refusal' in passed) return { outcome: await refuse(tx, asked, { officer, typed }, passed.refusal) };
    const { method, credential, consumed } = passed;
    const attestation = await attest(tx, deps, {
      kind: 'lock',
      reset: asked.reset,
      run: asked.run,
      account: said.identified.account,
      person: asked.officer,
      reason: asked.reason,
      method,
      credential,
    });
    await tx.reset.updateMany({
      where: { id: asked.reset },
      data: { lockedBy: asked.officer, lockedByName: officer?.displayName ?? null },
    });
    const auth = { method, aal: '2', cred: credential } as const;
    await recordLeaf(
      tx,
      {
        type: 'reset.locked',
        outcome: 'success',
        reset: asked.reset,
        update: asked.updateId,
        actor: { type: 'person', guid: asked.officer, sid: officer?.sid ?? null, auth },
        do: { reason: asked.reason, attestation, credential },
        ...fromWhere(typed),
      },
      VERIFIER,
    );
    return { outcome: { outcome: 'confirmed' }, consumed };
  });
}

/** Whether a write of this reset was made, or is being made: what was certainly not made can still be kept from being tried again. */
async function mayBeWritten(tx: Transaction, reset: string): Promise<boolean> {
  return (await tx.writeClaim.count({ where: { resetId: reset, state: { in: MAY_HAVE_BEEN_SET } } })) > 0;
}

async function refuse(
  tx: Transaction,
  asked: LockAsked,
  { officer, typed }: { officer: Person | undefined; typed: Typed<'lock'> | undefined },
  code: RefusalCode,
): Promise<LockChecked> {
  await recordLeaf(
    tx,
    {
      type: 'reset.lock-refused',
      outcome: 'denied',
      reset: asked.reset,
      update: asked.updateId,
      actor: { type: 'person', guid: asked.officer, sid: officer?.sid ?? null },
      reason: code,
      ...fromWhere(typed),
    },
    VERIFIER,
  );
  return { outcome: 'refused', code };
}
