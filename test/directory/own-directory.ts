import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { openDirectory, type Directory, type DirectorySettings } from '#activities/directory/connect.ts';
import { findAccount } from '#activities/directory/find-account.ts';
import type { DirectoryAccount } from '#activities/directory/account.ts';
import { tryPassword } from '#activities/directory/verify-bind.ts';
import { readDemoPeople } from '#ops/demo/secrets.ts';
import { freeDirectoryAddress } from '#ops/directory/free-address.ts';
import type { ServiceAccount } from '#ops/directory/names.ts';
import { startDirectory, type RunningDirectory } from '#ops/directory/process.ts';
import { provisionDirectory, type DirectoryInstall } from '#ops/directory/provision.ts';
import { makeCertificateAuthority } from '#ops/setup/certificates.ts';

/** The demo bank as a test sees it. */
export type Bank = {
  settings: DirectorySettings;
  as: (account: ServiceAccount | 'administrator') => Directory;
  /** Opens the directory as somebody else; closed with the rest. */
  asPerson: (dn: string, password: string) => Directory;
  passwordOf: (account: string) => string;
  account: (name: string) => Promise<DirectoryAccount>;
  /** What the controller says to a password of this account now. */
  says: (account: string, password: string) => Promise<string>;
};

/** A domain controller of one test file: nothing in it is shared, so states and passwords may be changed at will. */
export type OwnDirectory = Bank & {
  stateDir: string;
  address: string;
  install: DirectoryInstall;
  running: RunningDirectory;
  restart: () => Promise<void>;
};

/**
 * Starts a controller of the test's own; within one run of the suite a bank is provisioned once (5 s) and copied (0.1 s),
 * unless `fresh`. It is ended and removed after the last test of the file. Call it at the top of the file.
 */
export async function ownDirectory(options: { fresh?: boolean } = {}): Promise<OwnDirectory> {
  const stateDir = mkdtempSync(join('/tmp', 'countersign-dc-'));
  const opened: Directory[] = [];
  let running: RunningDirectory | undefined;
  // Registered before the first await: later it would belong to a hook or a test, and end the controller too early.
  after(async () => {
    for (const directory of opened) await directory.close();
    await running?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });
  const address = await freeDirectoryAddress();
  const shared = process.env['COUNTERSIGN_TEST_FOLDER'];
  const prepared = shared && !options.fresh ? await preparedBank(join(shared, 'prepared-bank')) : undefined;
  if (prepared) cpSync(prepared, stateDir, { recursive: true, preserveTimestamps: true });
  else await makeAuthority(stateDir);
  const ca = authority(stateDir);
  const install = await provisionDirectory({ stateDir, address, ca });
  running = await startDirectory({ stateDir, address });
  const settings = {
    controllers: install.controllers,
    caPem: ca.certPem,
    baseDn: install.baseDn,
    netbios: install.netbios,
    upnSuffix: install.upnSuffix,
  };
  const own: OwnDirectory = {
    ...bankAt({ stateDir, install, settings, opened }),
    stateDir,
    address,
    install,
    running,
    restart: async () => {
      running = await startDirectory({ stateDir, address });
      own.running = running;
    },
  };
  return own;
}

/** The bank through these controllers; whatever is opened for it is noted down, for whoever closes it. */
export function bankAt(of: { stateDir: string; install: DirectoryInstall; settings: DirectorySettings; opened: Directory[] }): Bank {
  const { stateDir, install, settings, opened } = of;
  const secrets = new Map(readDemoPeople(stateDir).map((one) => [one.account, one.password]));
  const open = (dn: string, password: () => string) => {
    const directory = openDirectory(settings, { dn, password }, { connections: 2 });
    opened.push(directory);
    return directory;
  };
  const kept = new Map<string, Directory>();
  const as = (account: ServiceAccount | 'administrator') => {
    const { dn, passwordFile } = account === 'administrator' ? install.administrator : install.serviceAccounts[account];
    const directory = kept.get(account) ?? open(dn, () => readFileSync(passwordFile, 'utf8').trim());
    kept.set(account, directory);
    return directory;
  };
  return {
    settings,
    as,
    asPerson: (dn, password) => open(dn, () => password),
    passwordOf: (account) => secrets.get(account) ?? '',
    account: async (name) => {
      const found = await findAccount(as('reader'), name);
      if (!found) throw new Error(`${name} is not in the demo bank`);
      return found;
    },
    says: async (account, password) => (await tryPassword(settings, `${account}@${settings.upnSuffix}`, password)).answer,
  };
}

/** A bank that was provisioned and never started, to copy from: made once in a run, whole or not at all. */
export async function preparedBank(folder: string): Promise<string> {
  if (existsSync(folder)) return folder;
  const making = mkdtempSync(`${folder}-`);
  await makeAuthority(making);
  await provisionDirectory({ stateDir: making, address: '127.86.0.1', ca: authority(making) });
  renameSync(making, folder);
  return folder;
}

/** The authority of a state folder, made there. */
export async function makeAuthority(stateDir: string): Promise<void> {
  mkdirSync(join(stateDir, 'ca'));
  await makeCertificateAuthority(stateDir, { step: (_name, work) => work(), note: () => {} });
}

/** The certificate and key of a state folder's authority. */
export function authority(stateDir: string): { certPem: string; keyPem: string } {
  return {
    certPem: readFileSync(join(stateDir, 'ca', 'ca.pem'), 'utf8'),
    keyPem: readFileSync(join(stateDir, 'ca', 'ca.key'), 'utf8'),
  };
}
