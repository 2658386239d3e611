import type { DirectoryAccount } from '#activities/directory/account.ts';
import type { Directory } from '#activities/directory/connect.ts';
import { surveyDirectory } from '#activities/directory/survey.ts';
import { unitAt } from '#activities/directory/unit.ts';
import { isUnder } from '#domain/account.ts';
import { Sentence } from '../sentence.ts';
import type { DelegatedUnits } from './delegation.ts';

export type ServedAccount = Pick<DirectoryAccount, 'guid' | 'sid' | 'dn' | 'displayName' | 'samAccountName' | 'protectedBy'>;

/** Which writer is to have which subtree, and what stands in the way of it. */
export type UnitsFound = DelegatedUnits & {
  /** Protected accounts in a subtree of the others. */
  misplaced: readonly ServedAccount[];
  /** Subtrees without any account, of which nobody can tell whose they are. */
  empty: readonly string[];
};

/** Every account of the directory as the reader sees it now. */
export const accountsSeen = async (reader: Directory): Promise<readonly DirectoryAccount[]> => (await surveyDirectory(reader)).accounts;

/**
 * Divides the served subtrees between the writers by who is in them: one with protected accounts alone is the privileged
 * writer's, every other one the staff writer's. `own`: GUIDs of Countersign's own accounts, which count nowhere.
 */
export function unitsOf(serves: readonly string[], accounts: readonly ServedAccount[], own: ReadonlySet<string>): UnitsFound {
  const within = serves.map((unit) => {
    const here = accounts.filter(({ dn, guid }) => isUnder(dn, unit) && !own.has(guid));
    return {
      unit,
      isProtected: here.filter((one) => one.protectedBy !== undefined),
      others: here.filter((one) => one.protectedBy === undefined),
    };
  });
  const staff = within.filter(({ others }) => others.length > 0);
  return {
    writerStaff: staff.map(({ unit }) => unit),
    writerPrivileged: within.filter(({ isProtected, others }) => isProtected.length > 0 && others.length === 0).map(({ unit }) => unit),
    misplaced: staff.flatMap(({ isProtected }) => isProtected),
    empty: within.filter(({ isProtected, others }) => isProtected.length + others.length === 0).map(({ unit }) => unit),
  };
}

/** Subtrees that somebody typed, as the directory writes them. Throws Sentence for one that is not there. */
export async function typedUnits(dir: Directory, typed: readonly string[]): Promise<string[]> {
  const units: string[] = [];
  for (const name of typed) {
    const found = await unitAt(dir, name);
    if (!found)
      throw new Sentence(`The directory shows no unit "${name}". Write its distinguished name, such as OU=Staff,${dir.settings.baseDn}.`);
    units.push(found);
  }
  return units;
}
