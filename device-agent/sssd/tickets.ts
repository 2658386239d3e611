import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { runProgram } from '../programs.ts';
import type { CachedAccount } from './cache.ts';

/**
 * Takes away the Kerberos tickets of an account: one that was stolen is good for hours after a reset. Files in /tmp and in the user's own
 * folder of /run; a keyring or SSSD's own store through kdestroy. False when the tickets are somewhere else.
 */
export async function dropTickets({ uid, ticket }: Pick<CachedAccount, 'uid' | 'ticket'>): Promise<boolean> {
  if (uid === 0) return true;
  for (const folder of ['/tmp', `/run/user/${uid}`]) dropFiles(folder, uid);
  if (ticket === undefined || /^(FILE:)?(\/tmp|\/run\/user\/\d+)\/krb5cc\w*$/.test(ticket)) return true;
  const store = /^(KEYRING:persistent|KCM):/.exec(ticket)?.[1];
  if (store === undefined) return false;
  const { code } = await runProgram('kdestroy', ['-q', '-c', `${store}:${uid}`]);
  return code === 0;
}

/** Only plain files that are this user's; a name that is taken away is never followed. */
function dropFiles(folder: string, uid: number): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names.filter((name) => /^krb5cc\w*$/.test(name))) {
    const file = `${folder}/${name}`;
    try {
      const found = lstatSync(file);
      if (found.isFile() && found.uid === uid) unlinkSync(file);
    } catch {
      // It is gone already.
    }
  }
}
