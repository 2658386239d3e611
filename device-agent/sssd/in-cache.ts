import { cachedAccounts, type CachedAccount } from './cache.ts';
import { sssdDomains } from './config.ts';

/** The account of this SID in SSSD's caches, or undefined. Throws UnknownLayout. */
export async function inCache(sid: string): Promise<CachedAccount | undefined> {
  for (const { name } of sssdDomains()) {
    const found = (await cachedAccounts(name)).find((account) => account.sid === sid);
    if (found) return found;
  }
  return undefined;
}
