import { existsSync } from 'node:fs';
import { runProgram } from '../programs.ts';

/** Where logind keeps who is here (sd_login(3)): its own folder, and in it a file for each user with a session. */
const LOGIND = '/run/systemd/seats';
const userFile = (uid: number): string => `/run/systemd/users/${uid}`;

/**
 * Ends every login session of a user and what runs in it, through logind (loginctl(1), terminate-user). False when that cannot be done: there is
 * no logind, or it would not. A user who is not here has none to end.
 */
export async function endSessions({ uid }: { uid: number }): Promise<boolean> {
  if (!existsSync(LOGIND)) return false;
  // Root's own are never ended from here, whatever an entry in a cache says.
  if (uid === 0) return false;
  if (!existsSync(userFile(uid))) return true;
  const { code } = await runProgram('loginctl', ['terminate-user', String(uid)]);
  return code === 0;
}
