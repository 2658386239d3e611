import { readFileSync } from 'node:fs';
import { readSecretLine, type VerifierSettings } from '#config';
import { openDirectory, type Directory } from '#activities/directory/connect.ts';
import { FACTORS } from '#domain/next.ts';
import type { Methods } from '#domain/accept.ts';
import type { Database } from '#db';
import { layout } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { ownerUrlFile } from '../setup/database-roles.ts';

/**
 * The directory as whoever runs a command sees it: by the reader's bind, which may read what every reset reads and write
 * nothing. It is no right more than the operator has, who can read that bind's password anyhow; one more account would be one more secret.
 */
export function openReader(state: string): Directory {
  const { directory, bind } = JSON.parse(readFileSync(layout(state).settingsFile('verifier'), 'utf8')) as VerifierSettings;
  const { ca, ...settings } = directory;
  return openDirectory(
    { ...settings, caPem: readFileSync(ca, 'utf8') },
    { dn: bind.dn, password: () => readSecretLine(bind.passwordFile) },
    { connections: 2 },
  );
}

/** The database by its owner. Throws Sentence when it does not answer. */
export async function withDatabase<T>(state: string, work: (db: Database) => Promise<T>): Promise<T> {
  const { openDatabase } = await import('#db');
  const db = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  try {
    await db.$queryRaw`SELECT 1`;
  } catch {
    await db.$disconnect();
    throw new Sentence('The database does not answer. Start the service first: npm start.');
  }
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}

/** What each account is enrolled for, by GUID: a working authenticator or token, a recovery code that was not used. */
export async function holdings(db: Database): Promise<Map<string, Methods>> {
  const [totps, codes, tokens] = await Promise.all([
    db.totp.findMany({ where: { disabledAt: null }, select: { accountGuid: true } }),
    db.code.findMany({ where: { kind: 'recovery', usedAt: null }, select: { accountGuid: true }, distinct: ['accountGuid'] }),
    db.tokenAssignment.findMany({ where: { endedAt: null, token: { state: 'assigned' } }, select: { accountGuid: true } }),
  ]);
  const withCode = new Set(codes.map(({ accountGuid }) => accountGuid));
  const withTotp = new Set(totps.map(({ accountGuid }) => accountGuid));
  const held = { totp: withTotp, 'hardware-token': new Set(tokens.map(({ accountGuid }) => accountGuid)) };
  return new Map(
    [...new Set([...withCode, ...withTotp, ...held['hardware-token']])].map((guid) => [
      guid,
      { proofs: withCode.has(guid) ? ['recovery-code'] : [], factors: FACTORS.filter((factor) => held[factor].has(guid)) },
    ]),
  );
}
