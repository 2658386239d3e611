import { readAccount } from '../directory/find-account.ts';
import { provesPassword, tryPassword } from '../directory/verify-bind.ts';
import { controllerOf, type WriterDeps } from './deps.ts';

/**
 * What one bind of a password at one controller says. `proven` also when the sign-in itself is not allowed (expired,
 * disabled, hours): those answers come to the right password only. One bad count at most, so never in a loop.
 */
export async function bindsWith(
  deps: WriterDeps,
  guid: string,
  controllerUrl: string,
  password: string,
): Promise<'proven' | 'wrong' | 'locked' | 'unavailable'> {
  const { directory, controller } = controllerOf(deps, controllerUrl);
  const account = await readAccount(directory, guid);
  if (!account) return 'unavailable';
  const { answer } = await tryPassword(directory.settings, account.dn, password, { controller });
  if (provesPassword(answer)) return 'proven';
  return answer === 'wrong' || answer === 'locked' ? answer : 'unavailable';
}
