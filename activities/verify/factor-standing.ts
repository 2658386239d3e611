import { kindOfKey, type KeyKind } from '#domain/key-kinds.ts';
import type { Held } from '#domain/ladder.ts';
import type { Transaction } from '#db';
import { frozenFactors, type Frozen } from '#prisma/frozen-factors.ts';
import { endOfApp } from './check-totp.ts';
import type { VerifierDeps } from './deps.ts';
import { isBurned } from './once.ts';
import { passkeysOf } from './passkeys.ts';
import { isOurRow, totpBody } from './row-signature.ts';
import { assignmentBody, endOf } from './token-rows.ts';

/** What an account holds and ever held, by rows that the verifier made itself. */
export interface FactorStanding {
  holds: ReadonlySet<Held>;
  everHeld: ReadonlySet<Held>;
  /** Ids of the apps, tokens and keys that count now. An app that wrong codes switched off is held all the same. */
  apps: readonly string[];
  tokens: readonly string[];
  passkeys: readonly string[];
  /** Of those, the ones that count nowhere until a second person has settled it; they are held all the same, so a freeze opens no way. */
  frozen: ReadonlyMap<string, Frozen>;
}

/** Of all who change what an account holds, one at a time. */
export async function lockFactors(tx: Transaction, account: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`factors\n${account}`}, 0))`;
}

/** Reads it and keeps every other change of this account's factors waiting until the transaction ends. Rows written by hand, and ended ones that were edited back, count for nothing. */
export async function factorStanding(tx: Transaction, deps: Pick<VerifierDeps, 'keys'>, account: string): Promise<FactorStanding> {
  // First the keys, then the rest: always in this order, so that two never wait for each other.
  const keys = await passkeysOf(tx, deps, account);
  await lockFactors(tx, account);
  const apps = (await tx.totp.findMany({ where: { accountGuid: account } })).filter((row) =>
    isOurRow(deps.keys, totpBody(row), row.signature),
  );
  const given = (await tx.tokenAssignment.findMany({ where: { accountGuid: account } })).filter((row) =>
    isOurRow(deps.keys, assignmentBody(row), row.signature),
  );
  const codes = await tx.code.findMany({ where: { accountGuid: account, kind: 'recovery' }, select: { usedAt: true, expiresAt: true } });

  const heldApps = await stillCounting(tx, apps, ({ id, endedAt }) => endedAt ?? endOfApp(id));
  const heldTokens = await stillCounting(tx, given, ({ id, endedAt }) => endedAt ?? endOf(id));
  const heldKeys = keys.filter(({ disabledAt }) => disabledAt === null);
  const counting = { totp: heldApps, 'hardware-token': heldTokens, ...byKind(heldKeys), 'recovery-codes': codes.filter(isUnused) };
  const ever = { totp: apps, 'hardware-token': given, ...byKind(keys), 'recovery-codes': codes };
  const ids = [...heldApps, ...heldKeys].map(({ id }) => id);
  return {
    frozen: await frozenFactors(tx, ids, deps.keys.checking),
    holds: named(counting),
    everHeld: named(ever),
    apps: heldApps.map(({ id }) => id),
    tokens: heldTokens.map(({ tokenId }) => tokenId),
    passkeys: heldKeys.map(({ id }) => id),
  };
}

const isUnused = ({ usedAt, expiresAt }: { usedAt: Date | null; expiresAt: Date | null }): boolean => usedAt === null && expiresAt === null;

function byKind<K extends { backupEligible: boolean }>(keys: readonly K[]): Partial<Record<KeyKind, K[]>> {
  return Object.groupBy(keys, ({ backupEligible }) => kindOfKey(backupEligible));
}

function named(of: Partial<Record<Held, readonly unknown[]>>): Set<Held> {
  return new Set((Object.keys(of) as Held[]).filter((one) => (of[one]?.length ?? 0) > 0)); // its keys are those of the type
}

/** `end`: when it ended, or what was burned then. */
async function stillCounting<R>(tx: Transaction, rows: readonly R[], end: (row: R) => Date | string): Promise<R[]> {
  const counting: R[] = [];
  for (const row of rows) {
    const ended = end(row);
    if (typeof ended === 'string' && !(await isBurned(tx, ended))) counting.push(row);
  }
  return counting;
}
