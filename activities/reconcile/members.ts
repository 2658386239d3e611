import type { ProtectedMember } from '#activities/directory/protected-members.ts';
import type { Database } from '#db';
import { recordUnexplained } from './unexplained.ts';

/** Compares who is in protected groups with who was: whoever is new there is an alarm, but for the first look, which only notes them. Answers how many are new. */
export async function compareMembers(db: Database, now: readonly ProtectedMember[]): Promise<number> {
  return db.$transaction(async (tx) => {
    const rows = await tx.seenMember.findMany();
    const key = (group: string, account: string) => `${group} ${account}`;
    const seen = new Set(rows.map(({ groupSid, accountGuid }) => key(groupSid, accountGuid)));
    const here = new Set(now.map(({ group, account }) => key(group, account)));
    const added = now.filter(({ group, account }) => !seen.has(key(group, account)));
    const gone = rows.filter(({ groupSid, accountGuid }) => !here.has(key(groupSid, accountGuid)));
    await tx.seenMember.createMany({ data: added.map(({ group, account }) => ({ groupSid: group, accountGuid: account })) });
    await tx.seenMember.deleteMany({ where: { OR: gone.map(({ groupSid, accountGuid }) => ({ groupSid, accountGuid })) } });
    const first = await tx.reconciliation.updateMany({ where: { id: 1, membersSince: null }, data: { membersSince: new Date() } });
    if (first.count === 1) return 0;
    for (const { group, account, sid, name } of added)
      await recordUnexplained(tx, {
        alarm: 'protected-member-added',
        subject: `${key(group, account)} ${new Date().toISOString()}`,
        account: { guid: account, sid, privileged: true },
        name,
        do: { group },
      });
    return added.length;
  });
}
