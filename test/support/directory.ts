import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EqualityFilter } from 'ldapts';
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

/** How often the account's password was ever set: the version of unicodePwd in replPropertyMetaData (MS-DRSR 4.1.10.2.19). */
export async function passwordVersion(directory: Directory, account: string): Promise<number> {
  const [entry] = await directory.read((session) =>
    session.search(demoDomain.baseDn, {
      scope: 'sub',
      filter: new EqualityFilter({ attribute: 'sAMAccountName', value: account }),
      attributes: ['replPropertyMetaData'],
    }),
  );
  const meta = entry?.bytes('replPropertyMetaData');
  if (!meta) throw new Error(`the controller shows no metadata of ${account}`);
  return unicodePwdVersion(meta);
}

/** unicodePwd is attribute 1.2.840.113556.1.4.90: 0x9005A in a schema without own prefixes (MS-DRSR 5.16.4). */
const UNICODE_PWD = 0x9005a;

export function unicodePwdVersion(meta: Buffer): number {
  const count = meta.readUInt32LE(8);
  for (let index = 0; index < count; index++) {
    const at = 16 + index * 48;
    if (meta.readUInt32LE(at) === UNICODE_PWD) return meta.readUInt32LE(at + 4);
  }
  return 0;
}
