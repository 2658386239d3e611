import type { Methods } from '#domain/accept.ts';
import { KEY_KINDS, kindOfKey } from '#domain/key-kinds.ts';
import { FACTORS } from '#domain/next.ts';
import type { Database } from '#db';

/** What accounts are enrolled for, by GUID: a working authenticator, token or key, a recovery code that was not used. Of all accounts when none are named. Who has a smart card only the issuer of cards knows. */
export async function holdings(db: Database, accounts?: readonly string[]): Promise<Map<string, Methods>> {
  const ofThese = accounts ? { accountGuid: { in: [...accounts] } } : {};
  const select = { accountGuid: true } as const;
  const [totps, codes, tokens, keys] = await Promise.all([
    db.totp.findMany({ where: { ...ofThese, disabledAt: null }, select }),
    db.code.findMany({ where: { ...ofThese, kind: 'recovery', usedAt: null }, select, distinct: ['accountGuid'] }),
    db.tokenAssignment.findMany({ where: { ...ofThese, endedAt: null, token: { state: 'assigned' } }, select }),
    db.passkey.findMany({ where: { ...ofThese, disabledAt: null }, select: { ...select, backupEligible: true } }),
  ]);
  const withCode = new Set(codes.map(({ accountGuid }) => accountGuid));
  const withTotp = new Set(totps.map(({ accountGuid }) => accountGuid));
  const ofKind = Object.groupBy(keys, ({ backupEligible }) => kindOfKey(backupEligible));
  const held = {
    totp: withTotp,
    'hardware-token': setOf(tokens),
    passkey: setOf(ofKind.passkey ?? []),
    'synced-passkey': setOf(ofKind['synced-passkey'] ?? []),
  };
  return new Map(
    [...new Set([...withCode, ...withTotp, ...held['hardware-token'], ...KEY_KINDS.flatMap((kind) => [...held[kind]])])].map((guid) => [
      guid,
      {
        proofs: withCode.has(guid) ? ['recovery-code'] : [],
        factors: FACTORS.filter((factor) => factor !== 'smart-card' && held[factor].has(guid)),
      },
    ]),
  );
}

const setOf = (rows: readonly { accountGuid: string }[]): Set<string> => new Set(rows.map(({ accountGuid }) => accountGuid));
