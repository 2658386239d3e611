import { existsSync } from 'node:fs';
import { withCa } from '#config';
import { openDirectory, type Directory, type DirectorySettings, type ServiceBind } from '#activities/directory/connect.ts';
import { guidText, sidText } from '#activities/directory/entry.ts';
import { DirectoryRefused, DirectoryUnavailable, ServiceBindRefused } from '#activities/directory/errors.ts';
import { baseEntry } from '#activities/directory/find-account.ts';
import { policyInForce } from '#prisma/policies.ts';
import { bindOf } from '../directory/open-as.ts';
import type { ServiceAccount } from '../directory/names.ts';
import { layout } from '../paths.ts';
import { withDatabase } from '../policy/operators-view.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { Sentence } from '../sentence.ts';
import { readOwnDirectory } from '../setup/own-directory.ts';
import type { System } from './delegation.ts';

/** A directory, Countersign's accounts in it, and the subtrees whose accounts the policy serves. */
export type Site = { settings: DirectorySettings; binds: Record<ServiceAccount, ServiceBind>; serves: readonly string[] };

/** What the directory itself says of one of Countersign's accounts. */
export type Identity = { dn: string; guid: string; sid: string; name: string; passwordExpires: boolean };

/** DONT_EXPIRE_PASSWORD of userAccountControl, MS-ADTS 2.2.16. */
const neverExpires = 0x10000;

/** As the processes of this state folder are set, with the policy in force. Throws Sentence when nothing is set up, or the database is away. */
export async function siteInForce(state: string): Promise<Site> {
  if (!existsSync(layout(state).settingsFile('verifier')))
    throw new Sentence(`Nothing is set up in ${state} yet. Name the settings file that you will start with: --directory <file>`);
  const { settings, bind } = bindOf(state, 'verifier');
  const { policy } = await withDatabase(state, policyInForce);
  return {
    settings,
    binds: { reader: bind, writerStaff: bindOf(state, 'writer-staff').bind, writerPrivileged: bindOf(state, 'writer-privileged').bind },
    serves: policy.serves,
  };
}

/** As a settings file for `--directory` says, before anything was started with it. Throws Sentence when it is not whole. */
export function siteOfFile(file: string): Site {
  const { connection, binds, policyFile } = readOwnDirectory(file);
  const bind = ({ dn, password }: { dn: string; password: string }): ServiceBind => ({ dn, password: () => password });
  return {
    settings: withCa(connection),
    binds: { reader: bind(binds.reader), writerStaff: bind(binds.writerStaff), writerPrivileged: bind(binds.writerPrivileged) },
    serves: readPolicy(policyFile, 'tests not run').policy.serves,
  };
}

/** The site's directory by one of its accounts, for as long as `work` takes. Throws Sentence when the directory does not answer it. */
export async function withAccount<T>(site: Site, account: ServiceAccount, work: (dir: Directory) => Promise<T>): Promise<T> {
  const dir = openDirectory(site.settings, site.binds[account], { connections: 1 });
  try {
    return await work(dir);
  } catch (error) {
    if ([DirectoryUnavailable, DirectoryRefused, ServiceBindRefused].some((kind) => error instanceof kind))
      throw new Sentence(`Nothing can be said: ${(error as Error).message}.`);
    throw error;
  } finally {
    await dir.close();
  }
}

/** Name and SID of the account with this name, as the directory has it. Throws Sentence when there is none. */
async function identityAt(dir: Directory, dn: string): Promise<Identity> {
  const entry = await dir.read((session) => baseEntry(session, dn, ['objectGUID', 'objectSid', 'sAMAccountName', 'userAccountControl']));
  const [guid, sid, name] = [entry?.bytes('objectGUID'), entry?.bytes('objectSid'), entry?.text('sAMAccountName')];
  if (!entry || !guid || !sid || name === undefined)
    throw new Sentence(
      `The directory shows no account ${dn}. Make it, or write its distinguished name into the settings as the directory has it.`,
    );
  return {
    dn: entry.dn,
    guid: guidText(guid),
    sid: sidText(sid),
    name,
    passwordExpires: (entry.number('userAccountControl') & neverExpires) === 0,
  };
}

/** The three of them. Throws Sentence for one that is not there. */
export async function identitiesOf(dir: Directory, { binds }: Site): Promise<Record<ServiceAccount, Identity>> {
  return {
    reader: await identityAt(dir, binds.reader.dn),
    writerStaff: await identityAt(dir, binds.writerStaff.dn),
    writerPrivileged: await identityAt(dir, binds.writerPrivileged.dn),
  };
}

/** Samba names its vendor in rootDSE (RFC 3045), Windows names none. */
export async function systemOf(dir: Directory): Promise<System> {
  const vendor = await dir.read(async (session) => (await baseEntry(session, '', ['vendorName']))?.text('vendorName'));
  return vendor?.startsWith('Samba') ? 'samba' : 'windows';
}
