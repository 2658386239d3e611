import { AndFilter, EqualityFilter, OrFilter, SubstringFilter } from 'ldapts';
import { shownName } from '#domain/shown-name.ts';
import type { Directory } from './connect.ts';
import { userAccountType } from './find-account.ts';

export interface FoundAccount {
  accountName: string;
  name: string;
}

const FEWEST = 3;
const MOST = 10;
const DISABLED = 0x2; // userAccountControl, MS-ADTS 2.2.16

/** Enabled accounts of which a name begins like this, ten at most in the order of their names; none for less than three letters. */
export async function searchAccounts(dir: Directory, text: string): Promise<FoundAccount[]> {
  const initial = text.trim();
  if (initial.length < FEWEST) return [];
  const begins = (attribute: string) => new SubstringFilter({ attribute, initial });
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'sAMAccountType', value: userAccountType }),
      new OrFilter({ filters: ['sAMAccountName', 'displayName', 'givenName', 'sn'].map(begins) }),
    ],
  });
  const found = await dir.read((session) =>
    session.searchAll(dir.settings.baseDn, {
      scope: 'sub',
      filter,
      attributes: ['sAMAccountName', 'displayName', 'userAccountControl'],
    }),
  );
  return found
    .filter((entry) => (entry.number('userAccountControl') & DISABLED) === 0)
    .map((entry) => {
      const accountName = entry.text('sAMAccountName') ?? '';
      return { accountName, name: shownName(entry.text('displayName')) ?? accountName };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .slice(0, MOST);
}
