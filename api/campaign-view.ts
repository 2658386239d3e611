import type { z } from 'zod';
import type { Database } from '#db';
import type { CampaignShown, campaignUnit } from './campaign-shapes.ts';

type Person = CampaignShown['persons'][number];
type Unit = z.infer<typeof campaignUnit>;
type Counts = Omit<Unit, 'unit'>;

/** Everybody in these campaigns, with what they hold by the tables now; whether a row counts is the verifier's to say. */
export async function campaignPersons(db: Database, campaigns: readonly string[]): Promise<Map<string, Person[]>> {
  const rows = await db.campaignPerson.findMany({
    where: { campaignId: { in: [...campaigns] } },
    orderBy: [{ unit: 'asc' }, { displayName: 'asc' }],
    omit: { signature: true },
  });
  const whose = { accountGuid: { in: [...new Set(rows.map(({ accountGuid }) => accountGuid))] } };
  const select = { accountGuid: true } as const;
  const [apps, tokens, keys, codes] = await Promise.all([
    db.totp.findMany({ where: { ...whose, endedAt: null }, select }),
    db.tokenAssignment.findMany({ where: { ...whose, endedAt: null }, select }),
    db.passkey.findMany({ where: { ...whose, disabledAt: null }, select }),
    db.code.findMany({
      where: { id: { in: rows.flatMap(({ ticket }) => ticket ?? []) } },
      select: { id: true, usedAt: true, expiresAt: true },
    }),
  ]);
  const held = { app: setOf(apps), token: setOf(tokens), key: setOf(keys) };
  const tickets = new Map(codes.map((code) => [code.id, code]));
  const now = new Date();
  const found = new Map<string, Person[]>();
  for (const row of rows) {
    const ticket = row.ticket === null ? undefined : tickets.get(row.ticket);
    const person: Person = {
      account: row.accountGuid,
      accountName: row.accountName,
      name: row.displayName,
      unit: row.unit,
      ticket: !ticket ? 'none' : ticket.usedAt ? 'used' : ticket.expiresAt && ticket.expiresAt <= now ? 'over' : 'open',
      usedAt: ticket?.usedAt?.toISOString() ?? null,
      holds: (['app', 'token', 'key'] as const).filter((one) => held[one].has(row.accountGuid)),
    };
    found.set(row.campaignId, [...(found.get(row.campaignId) ?? []), person]);
  }
  return found;
}

export function countsOf(persons: readonly Person[]): Counts {
  const having = (what: Person['holds'][number]): number => persons.filter(({ holds }) => holds.includes(what)).length;
  return {
    people: persons.length,
    app: having('app'),
    token: having('token'),
    key: having('key'),
    without: persons.filter(({ holds }) => holds.length === 0).length,
    used: persons.filter(({ ticket }) => ticket === 'used').length,
  };
}

/** Who has what in each organisational unit. */
export function unitsOf(persons: readonly Person[]): Unit[] {
  return [...Map.groupBy(persons, ({ unit }) => unit)].map(([unit, some]) => ({ unit, ...countsOf(some) }));
}

const setOf = (rows: readonly { accountGuid: string }[]): Set<string> => new Set(rows.map(({ accountGuid }) => accountGuid));
