import { setTimeout as sleep } from 'node:timers/promises';
import { mayTryPassword } from '#domain/lockout-budget.ts';
import type { Directory } from './connect.ts';
import { DirectoryUnavailable } from './errors.ts';
import { lockoutStanding } from './lockout-standing.ts';
import { provesPassword, tryPassword } from './verify-bind.ts';

/** What came of it; `not-tried`: a wrong one might have left the person too few tries of their own. */
export type Knows = 'known' | 'wrong' | 'not-tried';

/** A controller answers for a name that nobody has in a tenth of the time that a wrong password of somebody takes. */
const STEP_MS = 150;

/**
 * Whether a password is this account's (`guid`), by a bind on a connection of its own at the controller whose count of wrong ones
 * was read just before. One that has expired or must be changed is known all the same: a controller says so to the right password
 * only. For nobody, and where no try is left, the same reads are made of `standIn`, and a bind that must fail; every answer comes at a whole
 * step of 150 ms. Throws DirectoryUnavailable.
 */
export async function knowsPassword(dir: Directory, guid: string | undefined, password: string, standIn: string): Promise<Knows> {
  const began = performance.now();
  try {
    const { controller, standing } = await dir.read(async (session) => ({
      controller: session.controller,
      standing: await lockoutStanding(session, guid ?? standIn, dir.settings.baseDn),
    }));
    const dn = guid !== undefined && standing !== undefined && mayTryPassword(standing, new Date()) ? standing.dn : undefined;
    const { answer } = await tryPassword(dir.settings, dn ?? `CN=nobody,${dir.settings.baseDn}`, password, { controller });
    if (answer === 'unavailable') throw new DirectoryUnavailable('the controller did not answer a bind');
    if (dn === undefined) return 'not-tried';
    return provesPassword(answer) ? 'known' : 'wrong';
  } finally {
    await sleep(STEP_MS - ((performance.now() - began) % STEP_MS));
  }
}
