import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PasswordAnswer } from '#activities/directory/errors.ts';
import { tryPassword, type PasswordTrial } from '#activities/directory/verify-bind.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { Sentence } from '#ops/sentence.ts';

/** What the controller's answers mean, for a person at a terminal. */
export const answerWords: Readonly<Record<PasswordAnswer, string>> = {
  ok: 'The domain controller accepted the password.',
  wrong: 'The domain controller refused: wrong name or password.',
  locked: 'The domain controller refused: the account is locked. It does not say whether the password was right.',
  disabled: 'The password is right, but the account is disabled.',
  'expired-password': 'The password is right, but it has expired.',
  'must-change': 'The password is right, but it must be changed at the next sign-in.',
  'account-expired': 'The password is right, but the account has passed its end date.',
  'logon-hours': 'The password is right, but the account may not sign in at this hour.',
  workstation: 'The password is right, but the account may not sign in from this computer.',
  unavailable: 'The domain controller did not answer. See whether it runs: countersign doctor',
};

const runFile = z.object({ directory: z.object({ url: z.string(), ca: z.string(), netbios: z.string() }) });

/** Binds at the run's controller as this account over LDAPS, on a connection of its own. Refuses in a sentence when nothing was started. */
export async function demoLogin(stateDir: string, account: string, password: string): Promise<PasswordTrial> {
  const file = join(stateDir, 'run.json');
  if (!existsSync(file)) throw new Sentence('Nothing was started from this folder. Run npm start first.');
  const { directory } = runFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const settings = {
    controllers: [{ url: directory.url, servername: demoDomain.host }],
    caPem: readFileSync(directory.ca, 'utf8'),
    baseDn: demoDomain.baseDn,
    netbios: directory.netbios,
    upnSuffix: demoDomain.dnsName,
  };
  const name = /[@\\=]/.test(account) ? account : `${account}@${demoDomain.dnsName}`;
  return tryPassword(settings, name, password);
}
