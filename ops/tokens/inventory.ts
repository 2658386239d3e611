import type { Database } from '#db';
import { inColumns } from '../in-columns.ts';

/** One line a token: serial number, maker, kind, state, who holds it and since when. By serial number; no seed is read. */
export async function inventory(db: Database, { state, serial }: { state?: string; serial?: string }): Promise<string[]> {
  const tokens = await db.token.findMany({
    where: { ...(state ? { state } : {}), ...(serial ? { serial } : {}) },
    orderBy: [{ serial: 'asc' }, { manufacturer: 'asc' }],
    select: {
      serial: true,
      manufacturer: true,
      kind: true,
      digits: true,
      state: true,
      expiresAt: true,
      assignments: { where: { endedAt: null }, select: { accountName: true, assignedAt: true } },
    },
  });
  const waiting = await db.tokenImport.findMany({
    where: { state: 'waiting', expiresAt: { gt: new Date() } },
    orderBy: { broughtAt: 'asc' },
    select: { id: true, packages: true, openedBy: true, expiresAt: true },
  });
  const rows = tokens.map(({ serial, manufacturer, kind, digits, state, expiresAt, assignments: [held] }) => [
    serial,
    manufacturer || '-',
    `${kind}, ${digits} digits`,
    expiresAt && expiresAt <= new Date() ? `${state}, expired` : state,
    held ? `${held.accountName} since ${held.assignedAt.toISOString().slice(0, 10)}` : '',
  ]);
  return [
    ...inColumns([['SERIAL', 'MAKER', 'KIND', 'STATE', 'HELD BY'], ...rows]),
    `${tokens.length} token${tokens.length === 1 ? '' : 's'}`,
    ...waiting.map(
      ({ id, packages, openedBy, expiresAt }) =>
        `Import ${id}: ${packages} tokens wait until ${expiresAt.toISOString()} for a second person with ${OPENED_BY_WORDS[openedBy] ?? openedBy}`,
    ),
  ];
}

export const OPENED_BY_WORDS: Readonly<Record<string, string>> = {
  'pre-shared-key': 'the pre-shared key (hexadecimal digits)',
  passphrase: 'the passphrase',
  digest: "the file's SHA-256 as the supplier told it by another way",
};
