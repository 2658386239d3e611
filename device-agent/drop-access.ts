import type { Agent } from './agent.ts';
import { accountIn, type Remembered } from './memory.ts';
import { dropPassword, replacePassword, type CachedAccount } from './sssd/cache.ts';
import { restartBackend, storesPassword } from './sssd/daemon.ts';
import { dropTickets } from './sssd/tickets.ts';

/** SSSD's monitor gives a backend up that ends three times within 30 s, and itself with it. */
const BETWEEN_RESTARTS_S = 60;

/**
 * Takes away by what an account gets in here with its old password: the cached hash, the Kerberos tickets, and the password that SSSD may have
 * stored to try by itself. `before` is on disk before anything is done. With a `hash` that one is put in the place of the cached one. False when SSSD stored another hash meanwhile: nothing was changed.
 */
export async function dropAccess(
  agent: Agent,
  account: CachedAccount,
  before: (draft: Remembered) => void,
  hash?: string,
): Promise<boolean> {
  agent.memory.change((draft) => {
    before(draft);
    if (account.hasPassword) draft.accounts[account.sid] = { ...accountIn(draft, account.sid), droppedAt: Math.floor(Date.now() / 1000) };
  });
  const change = (): Promise<'changed' | 'dropped' | 'replaced'> =>
    hash === undefined ? dropPassword(account) : replacePassword(account, hash);
  if (account.hasPassword && (await change()) === 'changed') return false;
  if (!(await dropTickets(account))) agent.log('tickets-elsewhere');
  forgetStoredPassword(agent, account);
  return true;
}

function forgetStoredPassword(agent: Agent, account: CachedAccount): void {
  if (!storesPassword(account.name)) return;
  const now = Math.floor(Date.now() / 1000);
  // Within the minute SSSD's backend was restarted for another account: what it meant to try went with that, unless it was stored since.
  if (now - agent.memory.now.backendRestartedAt < BETWEEN_RESTARTS_S) return agent.log('backend-not-restarted');
  agent.memory.change((draft) => {
    draft.backendRestartedAt = now;
  });
  agent.log('backend-restarted', { done: restartBackend(account.domain) });
}
