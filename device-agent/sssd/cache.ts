import { statSync } from 'node:fs';
import { runProgram } from '../programs.ts';
import { ldifLine, readLdif, type Entry } from './ldif.ts';

/**
 * SSSD's cache of one domain. Its layout is SSSD's private matter; what is written here was tried against the versions below and against no
 * other. A cache that looks different is left alone and reported.
 */
const KNOWN_LAYOUTS: readonly string[] = ['0.23'];

/** Nothing was changed: the cache is not as we know it, or what reads it is not installed. */
export class UnknownLayout extends Error {
  readonly reason: 'unknown-layout' | 'tools-missing';
  constructor(message: string, reason: UnknownLayout['reason'] = 'unknown-layout') {
    super(message);
    this.reason = reason;
  }
}

/** An account in the cache, without what is secret: the hash itself is never read. */
export interface CachedAccount {
  domain: string;
  dn: string;
  sid: string;
  /** As SSSD keeps it: name@domain. */
  name: string;
  uid: number;
  /** The credentials cache that SSSD made at the last login. */
  ticket: string | undefined;
  /** Whether a password is cached: whether somebody can log in with it while no controller is reached. */
  hasPassword: boolean;
  /** Seconds: when the hash was stored; 0 for never. */
  cachedAt: number;
  /** Seconds: the last login that a controller confirmed; 0 for never. */
  lastOnlineAuth: number;
}

const cacheFile = (domain: string): string => `/var/lib/sss/db/cache_${domain}.ldb`;
const usersOf = (domain: string): string => `cn=users,cn=${domain},cn=sysdb`;
const ATTRIBUTES = ['name', 'objectSIDString', 'uidNumber', 'ccacheFile', 'lastCachedPasswordChange', 'lastOnlineAuth'];

/** What changes when SSSD or we write to the cache; undefined where there is none. */
export function cacheStamp(domain: string): string | undefined {
  try {
    const { mtimeNs, ino, size } = statSync(cacheFile(domain), { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch {
    return undefined;
  }
}

/** Everybody in the cache of a domain who has a SID. Throws UnknownLayout. */
export async function cachedAccounts(domain: string): Promise<CachedAccount[]> {
  if (cacheStamp(domain) === undefined) return [];
  // In this order: of a password that is stored in between, nothing is known yet, where the other way round it would lack its time.
  const withPassword = new Set((await search(domain, ['-b', usersOf(domain), '-s', 'one', '(cachedPassword=*)', 'name'])).map(dnOf));
  const all = await search(domain, ['-b', 'cn=sysdb', '-s', 'sub', '(|(version=*)(objectSIDString=*))', 'version', ...ATTRIBUTES]);
  const layout = all.find((entry) => dnOf(entry) === 'cn=sysdb')?.get('version')?.[0] ?? 'none';
  if (!KNOWN_LAYOUTS.includes(layout)) throw new UnknownLayout(`layout ${layout}`);
  return all.filter((entry) => dnOf(entry)?.endsWith(`,${usersOf(domain)}`)).map((entry) => readAccount(domain, entry, withPassword));
}

const dnOf = (entry: Entry): string | undefined => entry.get('dn')?.[0];

function readAccount(domain: string, entry: Entry, withPassword: ReadonlySet<string | undefined>): CachedAccount {
  const one = (name: string): string | undefined => {
    const values = entry.get(name) ?? [];
    if (values.length > 1) throw new UnknownLayout(`${name} has ${values.length} values`);
    return values[0];
  };
  const seconds = (name: string): number => {
    const value = one(name) ?? '0';
    if (!/^\d{1,12}$/.test(value)) throw new UnknownLayout(`${name} is no number of seconds`);
    return Number(value);
  };
  const [dn, sid, name] = [one('dn'), one('objectSIDString'), one('name')];
  if (dn === undefined || sid === undefined || name === undefined || !/^S-1-[\d-]+$/.test(sid))
    throw new UnknownLayout('an entry is in another form');
  const hasPassword = withPassword.has(dn);
  const cachedAt = seconds('lastCachedPasswordChange');
  if (hasPassword && cachedAt === 0) throw new UnknownLayout('a password is cached that has no time');
  return {
    domain,
    dn,
    sid,
    name,
    uid: seconds('uidNumber'),
    ticket: one('ccacheFile'),
    hasPassword,
    cachedAt,
    lastOnlineAuth: seconds('lastOnlineAuth'),
  };
}

/**
 * Takes the cached password of an account away. In one transaction with the check that it is still the one that was seen: `changed` when SSSD
 * stored another meanwhile. `lastOnlineAuthWithCurrentToken` goes to zero, or SSSD would refuse the new password too within cached_auth_timeout.
 * What was written is read again. Throws UnknownLayout when the hash is there still. The file stays who owns it: ldb writes in place.
 */
export async function dropPassword(account: CachedAccount): Promise<'dropped' | 'changed'> {
  const { code, now } = await changeIfSame(account, String(account.cachedAt), []);
  if (now?.hasPassword !== true) return 'dropped';
  if (now.cachedAt !== account.cachedAt) return 'changed';
  throw new UnknownLayout(`ldbmodify ended with ${code}`);
}

/**
 * Puts a hash in the place of the cached one, likewise: nothing is written where none is, where SSSD stored another meanwhile, or where the layout is not ours. SSSD then
 * takes what the hash is of, also without a controller, and no longer what it took before. Everything else of the entry stays, `lastOnlineAuth` too: nobody logged in.
 */
export async function replacePassword(account: CachedAccount, hash: string): Promise<'replaced' | 'changed'> {
  const storedAt = String(Math.floor(Date.now() / 1000));
  const { code, now } = await changeIfSame(account, storedAt, [
    'add: cachedPassword',
    ldifLine('cachedPassword', hash),
    '-',
    // A plain password's, and not that of two factors (sysdb.h, SSSD 2.8.2).
    'replace: cachedPasswordType',
    'cachedPasswordType: 1',
    '-',
    'replace: failedLoginAttempts',
    'failedLoginAttempts: 0',
    '-',
  ]);
  if (code === 0 && now?.hasPassword === true && String(now.cachedAt) === storedAt) return 'replaced';
  if (now?.hasPassword !== true || now.cachedAt !== account.cachedAt) return 'changed';
  throw new UnknownLayout(`ldbmodify ended with ${code}`);
}

/** Takes the cached password away and makes `more` of the entry, all or nothing, where it is still the one that was seen; answers the program's exit code and the account as it is then. */
async function changeIfSame(
  account: CachedAccount,
  storedAt: string,
  more: readonly string[],
): Promise<{ code: number; now: CachedAccount | undefined }> {
  const change = [
    ldifLine('dn', account.dn),
    'changetype: modify',
    'delete: lastCachedPasswordChange',
    ldifLine('lastCachedPasswordChange', String(account.cachedAt)),
    '-',
    'add: lastCachedPasswordChange',
    ldifLine('lastCachedPasswordChange', storedAt),
    '-',
    'delete: cachedPassword',
    '-',
    ...more,
    'replace: lastOnlineAuthWithCurrentToken',
    'lastOnlineAuthWithCurrentToken: 0',
    '-',
    '',
  ].join('\n');
  const { code } = await runProgram('ldbmodify', ['-H', cacheFile(account.domain)], { input: change });
  return { code, now: (await cachedAccounts(account.domain)).find(({ dn }) => dn === account.dn) };
}

async function search(domain: string, args: readonly string[]): Promise<Entry[]> {
  const { code, stdout, stderr } = await runProgram('ldbsearch', ['-H', cacheFile(domain), ...args]);
  if (code === -1) throw new UnknownLayout('ldbsearch cannot be run', 'tools-missing');
  if (code !== 0) throw new UnknownLayout(`ldbsearch ended with ${code}: ${stderr.slice(-200)}`);
  return readLdif(stdout);
}
