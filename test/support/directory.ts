import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EqualityFilter } from 'ldapts';
import { passwordStamp } from '#activities/directory/password-stamp.ts';
import { openDirectory, type Directory, type DirectorySettings } from '#activities/directory/connect.ts';
import { demoDomain } from '#ops/directory/names.ts';

/** The stack's controller as its processes are told of it. */
export function directorySettings(state: string): DirectorySettings {
  const { directory } = JSON.parse(readFileSync(join(state, 'verifier', 'settings.json'), 'utf8')) as {
    directory: Omit<DirectorySettings, 'caPem'> & { ca: string };
  };
  const { ca, ...rest } = directory;
  return { ...rest, caPem: readFileSync(ca, 'utf8') };
}

export const administrator = {
  dn: `CN=Administrator,CN=Users,${demoDomain.baseDn}`,
  password: (state: string): string => readFileSync(join(state, 'directory', 'secrets', 'administrator'), 'utf8').trim(),
};

/** The controller as its own Administrator sees it: what no process of the product may. */
export function asAdministrator(state: string): Directory {
  const { dn, password } = administrator;
  return openDirectory(directorySettings(state), { dn, password: () => password(state) }, { connections: 1 });
}

/** How often the account's password was ever set. */
export async function passwordVersion(directory: Directory, account: string): Promise<number> {
  const [entry] = await directory.read((session) =>
    session.search(demoDomain.baseDn, {
      scope: 'sub',
      filter: new EqualityFilter({ attribute: 'sAMAccountName', value: account }),
      attributes: ['replPropertyMetaData'],
    }),
  );
  const stamp = entry && passwordStamp(entry);
  if (!stamp) throw new Error(`the controller shows no metadata of ${account}`);
  return stamp.version;
}
