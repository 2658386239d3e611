import { randomUUID } from 'node:crypto';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import { freezeBy, OBJECTION_DAYS, settlesFreeze } from '#domain/ladder.ts';
import { endOfPasskey } from '#domain/passkey.ts';
import { thawBody } from '#prisma/frozen-factors.ts';
import { endApps } from './app-rows.ts';
import { VERIFIER } from './deps.ts';
import { whatIs, type Deed, type FactorDone, type FactorStep } from './factor-deeds.ts';
import { databaseTime } from './once.ts';
import type { Refused } from './own-deed.ts';
import { signRow } from './row-signature.ts';

/**
 * Freezes an app or a key: from this transaction on it counts nowhere, also in no reset that is parked. With the directory password alone its owner objects to one that was added or replaced in their
 * name lately, once; the officers are called. With a factor they report any of theirs lost.
 */
export async function freezeFactor(step: FactorStep, { factor }: Deed<'freeze'>): Promise<Refused | FactorDone> {
  const { tx, account, shown, standing } = step;
  const touched = whatIs(standing, factor);
  if (touched !== 'totp' && touched !== 'passkey') return { refusal: 'not-found' };
  if (standing.frozen.has(factor)) return { refusal: 'factor-frozen' };
  const why = freezeBy(shown.by, await isOpenToObjection(step, factor));
  if (why === 'too-weak') return { refusal: shown.by === 'nothing' ? 'objection-over' : 'factor-too-weak' };
  const freeze = { id: randomUUID(), factorId: factor, accountGuid: account, why, at: await databaseTime(tx) };
  await tx.freeze.create({ data: freeze, select: { id: true } });
  if (why === 'objected') await raiseAlarm(tx, { kind: 'factor-objected', subject: factor, do: { account } }, VERIFIER);
  return { leaf: 'authenticator.frozen', factor, do: { [touched]: factor, freeze: freeze.id, why }, consumed: [] };
}

/** Whether its owner added or replaced it within the last thirty days, and it was never frozen: what was settled once is not stopped again by a password. */
async function isOpenToObjection({ tx }: Pick<FactorStep, 'tx'>, factor: string): Promise<boolean> {
  const since = new Date((await databaseTime(tx)).getTime() - OBJECTION_DAYS * 24 * 3_600_000);
  const app = await tx.totp.count({ where: { id: factor, binding: { not: null }, enrolledAt: { gt: since } } });
  const key = await tx.passkey.count({ where: { id: factor, enrolledAt: { gt: since } } });
  return app + key > 0 && (await tx.freeze.count({ where: { factorId: factor } })) === 0;
}

/**
 * Settles a freeze by the word of a second person: the help desk's ticket, issued after a recorded check of whoever stands there. Either the factor counts again, and
 * cools off anew before it serves a protected account; or it ends for good, be it the last one.
 */
export async function settleFreeze(step: FactorStep, { factor, theirs }: Deed<'settle'>): Promise<Refused | FactorDone> {
  const { tx, deps, shown, standing } = step;
  const touched = whatIs(standing, factor);
  const frozen = standing.frozen.get(factor);
  if (!touched || !frozen) return { refusal: 'not-found' };
  if (!settlesFreeze(shown.by)) return { refusal: 'factor-too-weak' };
  const done = { leaf: 'authenticator.settled', factor, do: { [touched]: factor, freeze: frozen.freeze, theirs } } as const;
  if (theirs) {
    const at = await databaseTime(tx);
    const signature = signRow(deps.keys, thawBody({ freeze: frozen.freeze, factor, at }));
    await tx.thaw.create({ data: { freezeId: frozen.freeze, at, signature }, select: { freezeId: true } });
    return { ...done, consumed: [] };
  }
  if (touched === 'totp') return { ...done, consumed: await endApps(tx, [factor]) };
  await tx.$executeRaw`UPDATE passkey SET disabled_at = clock_timestamp() WHERE id = ${factor}::uuid`;
  return { ...done, consumed: [endOfPasskey(factor)] };
}
