import { isDeepStrictEqual } from 'node:util';
import type { Agent } from './agent.ts';
import { controllersOf, reachedOf } from './controllers.ts';
import { dropAccess } from './drop-access.ts';
import { askDirectory } from './machine-account.ts';
import { accountIn, type Remembered } from './memory.ts';
import type { Settings } from './settings.ts';
import { whyStale, type Stale } from './stale.ts';
import { cachedAccounts, UnknownLayout, type CachedAccount } from './sssd/cache.ts';
import { sssdDomains } from './sssd/config.ts';
import { goOnline } from './sssd/daemon.ts';

export interface Finding {
  account: CachedAccount;
  /** What the directory said of it; undefined when it said nothing. */
  pwdLastSet: string | undefined;
  stale: Stale | undefined;
}

/** Compares what is cached with the directory, as the device's own account, and changes nothing. Undefined when no controller could be asked. */
export async function findStale(settings: Settings, memory: Readonly<Remembered>): Promise<Finding[] | undefined> {
  const findings: Finding[] = [];
  for (const domain of sssdDomains()) {
    const accounts = (await cachedAccounts(domain.name)).filter(({ hasPassword }) => hasPassword);
    if (accounts.length === 0) continue;
    const controller = await reachedOf(await controllersOf(settings, domain));
    if (controller === undefined) return undefined;
    const sids = accounts.map(({ sid }) => sid);
    const said = await askDirectory({ domain, controller, folder: settings.state }, sids);
    if (said === undefined) return undefined;
    for (const account of accounts) {
      const one = said.accounts.get(account.sid);
      const { seen, clearedFor } = accountIn(memory, account.sid);
      const stale = one && whyStale({ said: one, seen, clearedFor, cachedAt: account.cachedAt, clockAhead: said.clockAhead });
      findings.push({ account, pwdLastSet: one?.pwdLastSet, stale });
    }
  }
  return findings;
}

/**
 * The safety net under the notices: finds cached passwords that are older than the accounts' and takes them away. False when no controller
 * could be asked: nothing is known then, and nothing is done.
 */
export async function checkStale(agent: Agent): Promise<boolean> {
  const { memory, settings, log } = agent;
  try {
    const findings = await findStale(settings, memory.now);
    if (findings === undefined) return false;
    let dropped = 0;
    for (const { account, pwdLastSet, stale } of findings) {
      if (pwdLastSet === undefined) continue;
      if (stale) {
        // SSSD stored another one meanwhile: that one is judged the next time.
        if (!(await dropAccess(agent, account, () => {}))) continue;
        dropped++;
        log('stale', { why: stale });
      }
      // After the password is gone: a crash between the two finds it once more.
      const seen = { pwdLastSet, cachedAt: account.cachedAt };
      if (isDeepStrictEqual(accountIn(memory.now, account.sid).seen, seen)) continue;
      memory.change((draft) => {
        draft.accounts[account.sid] = { ...accountIn(draft, account.sid), seen };
      });
    }
    if (dropped > 0) goOnline();
    log('stale-check', { looked: findings.length, dropped });
    return true;
  } catch (error) {
    if (!(error instanceof UnknownLayout)) throw error;
    log('cannot', { reason: error.reason });
    return true;
  }
}
