import type { Database } from '#db';
import { kindOfKey } from '#domain/key-kinds.ts';
import { readDisputes } from './own-disputes.ts';
import { hasOneWayIn } from './own-ways-in.ts';
import type { FactorChange, OwnFactors } from './own-factors-flow.ts';

const RECENT_MS = 30 * 24 * 3_600_000;

/** What an account holds by the tables, for its owner to read. Whether a row counts is the verifier's to say. */
export async function readOwnFactors(db: Database, guid: string, account: string): Promise<OwnFactors> {
  const whose = { accountGuid: guid };
  const [apps, given, keys, codes, freezes, disputes] = await Promise.all([
    db.totp.findMany({
      where: whose,
      orderBy: { enrolledAt: 'asc' },
      select: { id: true, name: true, enrolledAt: true, lastUsedAt: true, lastUsedFrom: true, disabledAt: true, endedAt: true },
    }),
    db.tokenAssignment.findMany({ where: whose, select: { tokenId: true, assignedAt: true, endedAt: true } }),
    db.passkey.findMany({
      where: whose,
      select: {
        id: true,
        name: true,
        enrolledAt: true,
        disabledAt: true,
        lastUsedAt: true,
        lastUsedFrom: true,
        backupEligible: true,
      },
    }),
    db.code.findMany({ where: { ...whose, kind: 'recovery' }, select: { createdAt: true, usedAt: true, expiresAt: true } }),
    db.freeze.findMany({ where: whose, select: { id: true, at: true } }),
    readDisputes(db, guid),
  ]);
  const thaws = await db.thaw.findMany({ where: { freezeId: { in: freezes.map(({ id }) => id) } }, select: { at: true } });
  const shown = ({ id, name, enrolledAt, lastUsedAt, lastUsedFrom }: (typeof apps | typeof keys)[number]) => ({
    id,
    name,
    addedAt: enrolledAt,
    lastUsedAt: lastUsedAt ?? undefined,
    lastUsedFrom: lastUsedFrom ?? undefined,
    frozenAt: disputes.find((one) => one.id === id)?.frozenAt,
  });
  const held = given.filter(({ endedAt }) => endedAt === null);
  const tokens = await db.token.findMany({
    where: { id: { in: held.map(({ tokenId }) => tokenId) } },
    select: { id: true, serial: true, state: true },
  });
  const since = new Map(held.map(({ tokenId, assignedAt }) => [tokenId, assignedAt]));
  const sheet = codes.filter(({ expiresAt }) => expiresAt === null);
  const changes = [
    ...apps.flatMap((one) => [happened('app-added', one.enrolledAt), happened('app-removed', one.endedAt)]),
    ...given.flatMap((one) => [happened('token-given', one.assignedAt), happened('token-ended', one.endedAt)]),
    ...keys.flatMap((one) => [happened('key-added', one.enrolledAt), happened('key-removed', one.disabledAt)]),
    ...[...new Set(codes.map(({ createdAt }) => createdAt.getTime()))].map((at) => happened('codes-made', new Date(at))),
    ...freezes.map(({ at }) => happened('frozen', at)),
    ...thaws.map(({ at }) => happened('thawed', at)),
  ];
  const recent = Date.now() - RECENT_MS;
  return {
    account,
    apps: apps.filter(({ endedAt }) => endedAt === null).map((one) => ({ ...shown(one), switchedOff: one.disabledAt !== null })),
    tokens: tokens.map(({ id, serial, state }) => ({
      id,
      serial,
      since: since.get(id) ?? new Date(0),
      switchedOff: state !== 'assigned',
    })),
    keys: keys.filter(({ disabledAt }) => disabledAt === null).map((one) => ({ ...shown(one), kind: kindOfKey(one.backupEligible) })),
    oneWayIn: await hasOneWayIn(db, guid),
    codes: {
      left: sheet.filter(({ usedAt }) => usedAt === null).length,
      madeAt: latest(sheet.map(({ createdAt }) => createdAt)),
      lastUsedAt: latest(codes.flatMap(({ usedAt }) => usedAt ?? [])),
    },
    changes: changes
      .filter((one): one is FactorChange => one !== undefined && one.at.getTime() > recent)
      .toSorted((a, b) => b.at.getTime() - a.at.getTime())
      .slice(0, 10),
  };
}

function happened(what: FactorChange['what'], at: Date | null): FactorChange | undefined {
  return at ? { at, what } : undefined;
}

function latest(times: readonly Date[]): Date | undefined {
  return times.toSorted((a, b) => b.getTime() - a.getTime())[0];
}
