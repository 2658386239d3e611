import { randomUUID } from 'node:crypto';
import type { EnrolAnswer, EnrolAsked } from '#activities/contract.ts';
import type { Transaction } from '#db';
import { recordLeaf } from '#activities/record-leaf.ts';
import { appRow, endApps, storeApp, type NewApp } from './app-rows.ts';
import { askToTellOfFactors } from './ask-to-tell-of-factors.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { accountInLeaf, type Person } from './people.ts';
import { lockFactors } from './factor-standing.ts';
import { recoveryRows, replaceRecovery } from './recovery-codes.ts';
import type { NewDevice } from './typed.ts';

/**
 * Enrols what the sealed value holds for one account: a one-time authenticator, a set of recovery codes (each replaces
 * what the account had of its kind), devices (added). Only the operator's command seals such a value. Refused when the
 * directory does not know the account, or when the value came too late.
 */
export async function storeEnrolment(deps: VerifierDeps, asked: EnrolAsked): Promise<EnrolAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<EnrolAnswer>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openTyped(deps, 'enrolment', asked.sealed, asked.request);
  const person = await deps.people.find(typed?.account ?? '');
  const totp = typed?.totp && person ? appRow(deps, person.guid, typed.totp) : undefined;
  const recovery = typed?.recoveryCodes && person ? await recoveryRows(deps, person.guid, typed.recoveryCodes) : undefined;
  // Half a set would leave a person with printed codes that do not work.
  const isUsable = typed && (!typed.totp || totp) && (!typed.recoveryCodes || recovery);

  return once<EnrolAnswer>(deps, attempt, async (tx) => {
    if (!typed || !isUsable || !person) {
      const code = typed && isUsable ? 'account-not-served' : 'service-unavailable';
      const actor = { type: 'operator', uid: asked.operator } as const;
      await recordLeaf(
        tx,
        { type: 'enrolment.refused', outcome: 'denied', actor, account: person && accountInLeaf(person), reason: code },
        VERIFIER,
      );
      return { outcome: { outcome: 'refused', code } };
    }
    const consumed = totp ? await replaceApps(tx, deps, totp) : [];
    if (recovery) await replaceRecovery(tx, deps, person.guid, recovery);
    if (totp || recovery) {
      const what = { totp: totp?.id ?? null, recovery_codes: recovery?.length ?? 0 };
      const leaf = { type: 'authenticator.enrolled', account: accountInLeaf(person), do: what } as const;
      await recordLeaf(tx, { ...leaf, outcome: 'success', actor: { type: 'operator', uid: asked.operator } }, VERIFIER);
      await askToTellOfFactors(tx, leaf);
    }
    for (const device of typed.devices ?? []) await addDevice(tx, asked.operator, person, device);
    return { outcome: { outcome: 'enrolled', account: person.guid }, consumed };
  });
}

/** The operator's app takes the place of every other of the account. */
async function replaceApps(tx: Transaction, deps: VerifierDeps, app: NewApp): Promise<string[]> {
  await lockFactors(tx, app.accountGuid);
  const before = await tx.totp.findMany({ where: { accountGuid: app.accountGuid, endedAt: null }, select: { id: true } });
  const ended = await endApps(
    tx,
    before.map(({ id }) => id),
  );
  await storeApp(tx, deps, app);
  return ended;
}

async function addDevice(tx: Transaction, uid: string, person: Person, { name, platform }: NewDevice): Promise<void> {
  const id = randomUUID();
  const { count } = await tx.device.createMany({
    data: [{ id, accountGuid: person.guid, accountName: person.samAccountName, name, platform }],
    skipDuplicates: true,
  });
  if (count === 1)
    await recordLeaf(
      tx,
      {
        type: 'device.added',
        outcome: 'success',
        actor: { type: 'operator', uid },
        account: accountInLeaf(person),
        do: { device: id, platform },
      },
      VERIFIER,
    );
}
