import { randomUUID } from 'node:crypto';
import { ScureBase32Plugin } from 'otplib';
import type { Transaction } from '#db';
import type { VerifierDeps } from './deps.ts';
import { endOfApp } from './check-totp.ts';
import { encryptSecret } from './factor-secret.ts';
import { databaseTime, isBurned } from './once.ts';
import { signRow, totpBody, type TotpRow } from './row-signature.ts';
import type { TotpParameters } from './typed.ts';

export type NewApp = Omit<TotpRow, 'enrolledAt'>;

/** The secret of an app as its page showed it, or undefined when no app of ours has such a one: RFC 4226 §4 asks for 128 bits, otplib takes 64 bytes at most. */
export function secretBytes(secret: string): Uint8Array | undefined {
  const bytes = new ScureBase32Plugin().decode(secret.replace(/[ =]/g, '').toUpperCase());
  return bytes.length < 16 || bytes.length > 64 ? undefined : bytes;
}

/** The row of a new authenticator app, its secret encrypted for just this row. */
export function appRow(deps: Pick<VerifierDeps, 'keys'>, accountGuid: string, totp: TotpParameters): NewApp | undefined {
  const bytes = secretBytes(totp.secret);
  if (!bytes) return undefined;
  const { algorithm, digits, period } = totp;
  const id = randomUUID();
  const secret = encryptSecret(deps.keys, accountGuid, id, bytes);
  return { id, accountGuid, secret, keyId: deps.keys.factorId, algorithm, digits, period, binding: null };
}

/** Signs and stores it. `lastStep`: of the code by which it was confirmed, which counts no second time. */
export async function storeApp(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  app: NewApp & { name?: string; lastStep?: bigint },
): Promise<void> {
  const row = { ...app, enrolledAt: await databaseTime(tx) };
  const data = { ...row, secret: new Uint8Array(row.secret), signature: signRow(deps.keys, totpBody(row)) };
  await tx.totp.create({ data, select: { id: true } });
}

/** Ends these apps for good, and answers what to burn so that no edited row brings one back. The rows stay, as evidence of what once counted. */
export async function endApps(tx: Transaction, apps: readonly string[]): Promise<string[]> {
  await tx.$executeRaw`
    UPDATE totp SET ended_at = clock_timestamp(), disabled_at = coalesce(disabled_at, clock_timestamp())
    WHERE id = ANY(${[...apps]}::uuid[]) AND ended_at IS NULL`;
  const ends: string[] = [];
  for (const end of apps.map(endOfApp)) if (!(await isBurned(tx, end))) ends.push(end);
  return ends;
}
