import type { Database } from '#db';
import { inColumns } from './in-columns.ts';
import { Sentence } from './sentence.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One line a campaign, the newest first: until when, its state, and how many used their letter. */
export async function campaigns(db: Database): Promise<string[]> {
  const rows = await db.campaign.findMany({ orderBy: { approvedAt: 'desc' }, select: { id: true, name: true, state: true, until: true } });
  const lines = await Promise.all(
    rows.map(async ({ id, name, state, until }) => {
      const people = await db.campaignPerson.count({ where: { campaignId: id } });
      const used = await db.code.count({ where: { campaignId: id, NOT: { usedAt: null } } });
      return [id, until.toISOString().slice(0, 16), state, `${used} of ${people}`, name];
    }),
  );
  return [
    ...inColumns([['CAMPAIGN', 'UNTIL (UTC)', 'STATE', 'USED', 'NAME'], ...lines]),
    `${rows.length} campaign${rows.length === 1 ? '' : 's'}`,
  ];
}

/** One line a person of a campaign: the unit, and what became of their letter. Of a ticket nothing is read but its times. Throws a Sentence for an id that names none. */
export async function lettersOf(db: Database, id: string): Promise<string[]> {
  const campaign = UUID.test(id) ? await db.campaign.findUnique({ where: { id } }) : null;
  if (!campaign) throw new Sentence(`There is no campaign "${id}". List them with: countersign enrol campaigns`);
  const people = await db.campaignPerson.findMany({
    where: { campaignId: id },
    orderBy: [{ unit: 'asc' }, { accountName: 'asc' }],
    select: { accountName: true, unit: true, ticket: true },
  });
  const codes = await db.code.findMany({ where: { campaignId: id }, select: { id: true, usedAt: true, expiresAt: true } });
  const tickets = new Map(codes.map((code) => [code.id, code]));
  const rows = people.map(({ accountName, unit, ticket }) => {
    const code = ticket === null ? undefined : tickets.get(ticket);
    const isOver = code?.expiresAt && code.expiresAt <= new Date();
    const letter = !code
      ? 'no letter'
      : code.usedAt
        ? `used ${code.usedAt.toISOString().slice(0, 16)}`
        : isOver
          ? 'over, unused'
          : 'not used yet';
    return [accountName, letter, unit];
  });
  return inColumns([['ACCOUNT', 'LETTER', 'UNIT'], ...rows]);
}
