import { lookup } from 'node:dns/promises';
import { controllersOf, reachedOf } from './controllers.ts';
import { askDirectory } from './machine-account.ts';
import type { Settings } from './settings.ts';
import type { CachedAccount } from './sssd/cache.ts';
import { sssdDomains } from './sssd/config.ts';
import { loginController } from './sssd/daemon.ts';

/**
 * What the controller that confirms this account's logins says of its password: pwdLastSet, a FILETIME as text. Where SSSD does not tell which
 * one that is, one that is reached. Undefined when it cannot be asked, or knows no such account.
 */
export async function passwordLastSet(settings: Settings, { domain: name, sid }: CachedAccount): Promise<string | undefined> {
  const domain = sssdDomains().find((one) => one.name === name);
  if (!domain) return undefined;
  const controllers = await controllersOf(settings, domain);
  const controller = (await namedBy(loginController(domain.realm), controllers)) ?? (await reachedOf(controllers));
  if (controller === undefined) return undefined;
  return (await askDirectory({ domain, controller, folder: settings.state }, [sid]))?.accounts.get(sid)?.pwdLastSet;
}

/** Kerberos knows a controller by its name alone. */
async function namedBy(address: string | undefined, controllers: readonly string[]): Promise<string | undefined> {
  if (address === undefined) return undefined;
  for (const name of controllers) {
    const found = await lookup(name, { all: true }).catch(() => []);
    if (found.some((one) => one.address === address)) return name;
  }
  return undefined;
}
