import { normaliseDigits } from '#domain/codes.ts';
import { MOST_APPS } from '#domain/own-factors.ts';
import { climb, type FactorDeed, type Held } from '#domain/ladder.ts';
import type { NewLeaf } from '#prisma/leaves.ts';
import type { Transaction } from '#db';
import { appRow, endApps, secretBytes, storeApp } from './app-rows.ts';
import type { VerifierDeps } from './deps.ts';
import { seedUsed, type WasShown } from './factor-shown.ts';
import type { FactorStanding } from './factor-standing.ts';
import { databaseTime, isBurned } from './once.ts';
import type { Refused } from './own-deed.ts';
import { replaceRecovery } from './recovery-codes.ts';
import type { CodeRow } from './row-signature.ts';
import { endOf } from './token-rows.ts';
import { matchingSteps } from './totp-step.ts';
import type { TypedFactorDeed } from './typed.ts';

/** One deed about a factor of somebody's own, judged within the transaction in which it is done. */
export interface FactorStep {
  tx: Transaction;
  deps: Pick<VerifierDeps, 'keys'>;
  account: string;
  shown: WasShown;
  standing: FactorStanding;
}
export type FactorDone = { leaf: NewLeaf['type']; factor: string | null; do: NonNullable<NewLeaf['do']>; consumed: readonly string[] };
export type Deed<D extends TypedFactorDeed['deed']> = Extract<TypedFactorDeed, { deed: D }>;

/** The ladder, asked for one thing that is touched. */
function climbTo({ shown, standing }: FactorStep, deed: FactorDeed, touched: Held) {
  return climb({ by: shown.by, deed, touched, holds: standing.holds, everHeld: standing.everHeld });
}

/** A new app, confirmed by a code that it shows; in the place of another one when that is named. */
export async function enrolApp(step: FactorStep, { totp, code, name, replaces }: Deed<'app'>): Promise<Refused | FactorDone> {
  const { tx, deps, account, standing } = step;
  const binding = climbTo(step, replaces ? 'replace' : 'enrol', 'totp');
  if (binding === 'too-weak') return { refusal: 'factor-too-weak' };
  if (replaces && !standing.apps.includes(replaces)) return { refusal: 'not-found' };
  if (!replaces && standing.apps.length >= MOST_APPS) return { refusal: 'too-many-apps' };
  const secret = secretBytes(totp.secret);
  const app = secret && appRow(deps, account, totp);
  if (!secret || !app) return { refusal: 'service-unavailable' };
  const used = seedUsed(secret);
  if (await isBurned(tx, used)) return { refusal: 'app-known' };
  const { algorithm, digits, period } = totp;
  const at = await databaseTime(tx);
  const moving = matchingSteps({ secret, algorithm, digits, period }, normaliseDigits(code) ?? '', at).at(-1);
  if (moving === undefined) return { refusal: 'app-code-not-accepted' };
  const ends = replaces ? await endApps(tx, [replaces]) : [];
  await storeApp(tx, deps, { ...app, binding, name, lastStep: BigInt(moving) });
  const facts = { totp: app.id, recovery_codes: 0, binding, replaces: replaces ?? null, algorithm, digits, period };
  return { leaf: 'authenticator.enrolled', factor: app.id, do: facts, consumed: [used, ...ends] };
}

/** A whole new set of recovery codes, of which the person has the sheet in their hands. */
export async function renewCodes(step: FactorStep, rows: readonly CodeRow[]): Promise<Refused | FactorDone> {
  const binding = climbTo(step, step.standing.holds.has('recovery-codes') ? 'replace' : 'enrol', 'recovery-codes');
  if (binding === 'too-weak') return { refusal: 'factor-too-weak' };
  await replaceRecovery(step.tx, step.deps, step.account, rows);
  const facts = { totp: null, recovery_codes: rows.length, binding };
  return { leaf: 'authenticator.enrolled', factor: null, do: facts, consumed: [] };
}

/** How an app or a key is called: no factor is touched by that. */
export async function renameFactor({ tx, standing }: FactorStep, { factor, name }: Deed<'rename'>): Promise<Refused | FactorDone> {
  const touched = whatIs(standing, factor);
  if (touched === undefined || touched === 'hardware-token') return { refusal: 'not-found' };
  const row = { where: { id: factor }, data: { name } };
  await (touched === 'passkey' ? tx.passkey.updateMany(row) : tx.totp.updateMany(row));
  return { leaf: 'authenticator.renamed', factor, do: { [touched]: factor }, consumed: [] };
}

/** The end of an app, or of a token that was lost. The last thing that makes codes stays: whoever removed it could come back by no way of their own. */
export async function removeFactor(step: FactorStep, { factor }: Deed<'remove'>): Promise<Refused | FactorDone> {
  const { tx, standing, account } = step;
  const touched = whatIs(standing, factor);
  if (!touched) return { refusal: 'not-found' };
  if (climbTo(step, 'remove', touched) === 'too-weak') return { refusal: 'factor-too-weak' };
  if (touched === 'passkey') return { refusal: 'not-found' };
  if (standing.apps.length + standing.tokens.length < 2) return { refusal: 'last-factor' };
  if (touched === 'totp') {
    const consumed = await endApps(tx, [factor]);
    return { leaf: 'authenticator.removed', factor, do: { totp: factor, left: standing.apps.length - 1 }, consumed };
  }
  const given = await tx.tokenAssignment.findFirstOrThrow({ where: { tokenId: factor, accountGuid: account, endedAt: null } });
  await tx.$executeRaw`UPDATE token_assignment SET ended_at = clock_timestamp() WHERE id = ${given.id}::uuid`;
  await tx.$executeRaw`UPDATE token SET state = 'lost', failures = 0 WHERE id = ${factor}::uuid`;
  return {
    leaf: 'authenticator.removed',
    factor,
    do: { token: factor, assignment: given.id, state: 'lost', account },
    consumed: [endOf(given.id)],
  };
}

/** Keys are removed by a signature of their own (remove-passkey.ts); here they are known so that the ladder says no to a code, and not "no such thing". */
export function whatIs(
  { apps, tokens, passkeys }: FactorStanding,
  factor: string,
): Extract<Held, 'totp' | 'hardware-token' | 'passkey'> | undefined {
  if (apps.includes(factor)) return 'totp';
  if (tokens.includes(factor)) return 'hardware-token';
  return passkeys.includes(factor) ? 'passkey' : undefined;
}
