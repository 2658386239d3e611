import type { Directory } from '#activities/directory/connect.ts';
import { nameOfSid } from '#activities/directory/name-of-sid.ts';
import { rightsGiven, type RightsGiven } from '#activities/directory/rights-given.ts';
import { isUnder } from '#domain/account.ts';
import { compareRights, dangerousRights, rightText, type Right } from '#domain/directory-rights.ts';
import { grewInWords, lostInWords } from '#domain/rights-in-words.ts';
import type { Database } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { recordUnexplained, type Unexplained } from './unexplained.ts';

/** On whose objects nobody's rights may grow: our own accounts by distinguished name, and the groups that have roles. */
export interface Watched {
  writers: readonly string[];
  reader: string;
  /** sAMAccountNames. */
  groups: readonly string[];
}

/** How many objects were looked at, how many of them do not show their list, and how often somebody's rights grew, and a writer's shrank. */
export type RightsLooked = Record<'objects' | 'hidden' | 'grew' | 'lost', number>;

type Row = { dn: string; rights: string[]; known: boolean; hidden: boolean };
type Change = { object: RightsGiven; sid: string; rights: Right[]; what: 'grew' | 'lost' };

/** A unit that was made since then inherits, as every new one does. */
const NEW_UNIT = ['allow S-1-1-0 inherits-again itself'];

/**
 * Compares who may do what to the objects on which resets hang with who might: whoever may do more is an alarm, and so is a writer of ours that may do less, and a list that is shown no longer. The
 * first look only notes them, and so is whatever the policy newly serves. `protectedAccounts`: GUIDs; `writers`: SIDs of our own.
 */
export async function compareGivenRights(
  { db, directory, watched, writers }: { db: Database; directory: Directory; watched: Watched; writers: ReadonlySet<string> },
  protectedAccounts: readonly string[],
): Promise<RightsLooked> {
  const units = await servedUnits(db);
  const accounts = [...watched.writers, watched.reader];
  const objects = await rightsGiven(directory, { units, accounts, guids: protectedAccounts, groups: watched.groups });
  const before = await db.reconciliation.findUniqueOrThrow({ where: { id: 1 } });
  const rows = new Map((await db.seenRights.findMany()).map((row) => [row.objectGuid, row]));
  const now = new Map(objects.flatMap((object) => (object.descriptor ? [[object.guid, textsOf(object.descriptor)] as const] : [])));
  const seenOf = (object: RightsGiven): readonly string[] | undefined => {
    const row = rows.get(object.guid);
    if (row) return row.known ? row.rights : undefined;
    const isNew = before.rightsSince !== null && object.kind === 'unit' && before.rightsUnits.some((unit) => isUnder(object.dn, unit));
    return isNew ? NEW_UNIT : undefined;
  };
  const stamped = new Set(objects.filter(({ kind }) => kind === 'holder').flatMap(({ guid }) => now.get(guid) ?? []));
  const changes = objects.flatMap((object) =>
    changesOf(object, { seen: seenOf(object), now: now.get(object.guid), ours: writers, stamped }),
  );
  const hidden = objects.filter(({ descriptor }) => !descriptor);
  const newlyHidden = hidden.filter(({ guid }) => rows.get(guid)?.known === true && rows.get(guid)?.hidden === false);
  const told = [
    ...(await Promise.all(changes.map((change) => toldOf(directory, change)))),
    ...newlyHidden.map(({ guid, dn }): Unexplained => ({
      alarm: 'directory-rights-hidden',
      subject: subjectOf(guid),
      about: dn,
      do: { object: guid },
    })),
  ];
  await db.$transaction(async (tx) => {
    for (const { guid, dn } of objects) {
      const [rights, before] = [now.get(guid), rows.get(guid)];
      const row: Row = {
        dn,
        rights: rights ?? before?.rights ?? [],
        known: rights !== undefined || before?.known === true,
        hidden: rights === undefined,
      };
      if (before && isSame(before, row)) continue;
      await tx.seenRights.upsert({
        where: { objectGuid: guid },
        create: { objectGuid: guid, ...row },
        update: { ...row, at: new Date() },
      });
    }
    await tx.seenRights.deleteMany({ where: { objectGuid: { notIn: objects.map(({ guid }) => guid) } } });
    await tx.reconciliation.update({ where: { id: 1 }, data: { rightsSince: before.rightsSince ?? new Date(), rightsUnits: [...units] } });
    for (const one of told) await recordUnexplained(tx, one);
  });
  const count = (what: Change['what']) => changes.filter((change) => change.what === what).length;
  return { objects: objects.length, hidden: hidden.length, grew: count('grew'), lost: count('lost') };
}

async function servedUnits(db: Database): Promise<readonly string[]> {
  const isOne = (await db.policyVersion.count({ where: { inForce: true } })) > 0;
  return isOne ? (await policyInForce(db)).policy.serves : [];
}

const textsOf = ({ entries, owner, inheritsNothing }: NonNullable<RightsGiven['descriptor']>): string[] =>
  dangerousRights({ entries, owner, inheritsNothing }).map(rightText).toSorted();

const isSame = (a: Row, b: Row): boolean =>
  a.dn === b.dn && a.known === b.known && a.hidden === b.hidden && a.rights.join() === b.rights.join();

/** One for each trustee; nothing for an object whose list nobody saw before, or nobody sees now. What AdminSDHolder gives (`stamped`) is told there, not once more for everybody over whom Windows copies it. */
function changesOf(
  object: RightsGiven,
  of: { seen: readonly string[] | undefined; now: readonly string[] | undefined; ours: ReadonlySet<string>; stamped: ReadonlySet<string> },
): Change[] {
  if (!of.seen || !of.now) return [];
  const { grew, lost } = compareRights(of.seen, of.now, of.ours);
  const isStamped = (right: Right) => object.kind === 'protected' && right.kind === 'allow' && of.stamped.has(rightText(right));
  const compared = { grew: grew.filter((right) => !isStamped(right)), lost };
  return (['grew', 'lost'] as const).flatMap((what) =>
    [...new Set(compared[what].map(({ sid }) => sid))].map((sid) => ({
      object,
      sid,
      rights: compared[what].filter((right) => right.sid === sid),
      what,
    })),
  );
}

async function toldOf(directory: Directory, { object, sid, rights, what }: Change): Promise<Unexplained> {
  const trustee = await nameOfSid(directory, sid);
  return {
    alarm: what === 'grew' ? 'directory-right-grew' : 'writer-right-lost',
    subject: subjectOf(`${object.guid} ${sid}`),
    about: what === 'grew' ? grewInWords(trustee, rights, object.dn) : lostInWords(trustee, rights, object.dn),
    do: { object: object.guid, trustee: sid, rights: rights.map(rightText) },
  };
}

/** What was taken away and given once more is another time. */
const subjectOf = (what: string): string => `${what} ${new Date().toISOString()}`;
