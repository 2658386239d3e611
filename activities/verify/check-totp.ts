import { randomBytes } from 'node:crypto';
import { normaliseDigits } from '#domain/codes.ts';
import type { Transaction } from '#db';
import { NOBODY, type VerifierDeps } from './deps.ts';
import { decryptSecret } from './factor-secret.ts';
import { isFrozen } from './frozen.ts';
import { nobodysFactors } from './nobodys-factors.ts';
import { databaseTime, isBurned } from './once.ts';
import { isOurRow, totpBody, type TotpRow } from './row-signature.ts';
import { driftOf, matchingSteps, type TotpSettings } from './totp-step.ts';

interface Row extends TotpRow {
  lastStep: bigint | null;
  drift: number;
  signature: Uint8Array;
}

/** What passed and what it burned, or undefined. */
export type Passed = { credential: string; consumed: string; issuer: string | null; campaign?: string | null };

/** Phones are told the time: one whose clock is off by more than so many steps is set right, not followed. */
const MOST_DRIFT = 4;

/** For a row that the verifier did not make the same sums are done with this one; its secret is thrown away with the process. */
const dummy: TotpSettings = { secret: randomBytes(20), algorithm: 'sha1', digits: 6, period: 30 };

/**
 * Checks a one-time code of an account within the caller's transaction: burns the step (RFC 6238 §5.2: a code is
 * accepted once) before it is honoured, counts a failure on the authenticator and disables it at `limit` consecutive
 * ones (NIST SP 800-63B-4 §3.2.2). `from`: the address, for its owner to see. `account` undefined runs the same statements for nobody and fails.
 */
export async function checkTotp(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  account: string | undefined,
  typed: string | undefined,
  limit: number,
  from?: string,
): Promise<Passed | undefined> {
  const code = normaliseDigits(typed ?? '') ?? '';
  const whom = account ?? NOBODY;
  const at = await databaseTime(tx);
  const rows = await tx.$queryRaw<Row[]>`
    SELECT id, account_guid AS "accountGuid", secret, key_id AS "keyId", algorithm, digits, period, last_step AS "lastStep", drift, binding,
      enrolled_at AS "enrolledAt", signature
    FROM totp WHERE account_guid = ${whom}::uuid AND disabled_at IS NULL ORDER BY id FOR UPDATE`;
  // The failure is on record before the code is judged; a pass takes it back below.
  await tx.$executeRaw`
    UPDATE totp SET failures = failures + 1, disabled_at = CASE WHEN failures + 1 >= ${limit} THEN clock_timestamp() END
    WHERE account_guid = ${whom}::uuid AND disabled_at IS NULL`;
  const hits = rows.length === 0 ? [] : rows.map((row) => ({ row, step: freshStep(deps, row, code, at) }));
  if (rows.length === 0) freshStep(deps, { ...nobodysFactors(deps.keys).app, lastStep: null, drift: 0 }, code, at);
  const hit = hits.find(({ step }) => step !== undefined);
  if (!hit || hit.step === undefined) return undefined;
  const { row, step } = hit;
  const consumed = useOfApp(row.id, step);
  if ((await isBurned(tx, consumed)) || (await isBurned(tx, endOfApp(row.id))) || (await isFrozen(tx, deps, row.id))) return undefined;
  const burned =
    await tx.$executeRaw`UPDATE totp SET last_step = ${BigInt(step)}, drift = ${driftOf(row.period, step, at, MOST_DRIFT)}, last_used_at = ${at}, last_used_from = ${from ?? null} WHERE id = ${row.id}::uuid AND (last_step IS NULL OR last_step < ${BigInt(step)})`;
  if (burned !== 1) return undefined;
  // The person holds one of them: none of the account's authenticators was being guessed at.
  await tx.$executeRaw`UPDATE totp SET failures = 0, disabled_at = NULL WHERE id = ANY(${rows.map((r) => r.id)}::uuid[])`;
  return { credential: row.id, consumed, issuer: null };
}

/** What no edited row brings back: a step that was used, an app that was ended. */
export const useOfApp = (app: string, step: number): string => `totp:${app}:${step}`;
export const endOfApp = (app: string): string => `totp-end:${app}`;

/** The oldest step that this code belongs to and that was not used yet. */
function freshStep(deps: Pick<VerifierDeps, 'keys'>, row: Row, code: string, at: Date): number | undefined {
  const secret = isOurRow(deps.keys, totpBody(row), row.signature) ? decryptSecret(deps.keys, row) : undefined;
  const settings = secret ? { secret, algorithm: row.algorithm, digits: row.digits, period: row.period } : dummy;
  // The signature covers algorithm, digits and period, and only typed.ts's values were ever signed.
  const steps = matchingSteps(settings as TotpSettings, code, at, row.drift);
  return secret ? steps.find((step) => row.lastStep === null || BigInt(step) > row.lastStep) : undefined;
}
