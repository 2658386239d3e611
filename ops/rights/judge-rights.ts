import { parentOf } from '#domain/account.ts';
import type { ObjectKind, RightsOn } from '#activities/directory/rights-held.ts';
import type { ServiceAccount } from '../directory/names.ts';
import type { ServedAccount } from './units.ts';

/** What is wrong with the rights of one account of ours, so that objects with the same trouble are told together. */
export type Trouble =
  /** A reset would be proven and approved, and then refused by the directory. `blocked`: what the unit gives does not reach it. */
  | { what: 'lacks'; missing: 'reset' | 'unlock' | 'both'; blocked: boolean; isProtected: boolean }
  | { what: 'unseen' }
  | { what: 'blind' }
  /** It can change the password, and Countersign's own check is what stands in. */
  | { what: 'reaches'; whose: 'protected' | 'unprotected' | 'unserved' | 'unserved-protected' | 'our-own' | 'computer' }
  /** It can do what no check of ours stands in for. */
  | { what: 'writes'; attributes: string; kind: ObjectKind; itself: boolean }
  | { what: 'creates' | 'deletes' | 'rewrites-rights'; kind: ObjectKind }
  | { what: 'replicates' };

/** `unit` is where the objects are; empty when it does not matter. */
export type Found = { trouble: Trouble; unit: string; objects: RightsOn[] };

/** Of whom what is expected: accounts by GUID as the reader sees them, which of them the policy serves, and Countersign's own. */
export type Expected = {
  accounts: ReadonlyMap<string, ServedAccount>;
  isServed: (account: ServedAccount) => boolean;
  own: Readonly<Record<ServiceAccount, { guid: string }>>;
};

/**
 * Everything that one of Countersign's accounts lacks or has too much. Each served account is its writer's by whether it is
 * protected at this moment; nobody else may touch it, and nobody may do anything but reset and unlock.
 */
export function judgeRights(by: ServiceAccount, rights: readonly RightsOn[], expected: Expected): Found[] {
  const found = new Map<string, Found>();
  for (const object of rights.toSorted((a, b) => (a.dn < b.dn ? -1 : 1))) {
    for (const trouble of troublesOf(by, object, expected)) {
      const unit = ['lacks', 'reaches', 'unseen', 'blind'].includes(trouble.what) ? (parentOf(object.dn) ?? object.dn) : '';
      const key = JSON.stringify([trouble, unit]);
      const seen = found.get(key);
      if (seen) seen.objects.push(object);
      else found.set(key, { trouble, unit, objects: [object] });
    }
  }
  return [...found.values()];
}

/** Whose account it is: no writer's when the policy does not serve it, or it is one of Countersign's own. */
export function writerOf(account: ServedAccount, { own, isServed }: Expected): 'writerStaff' | 'writerPrivileged' | undefined {
  if (Object.values(own).some(({ guid }) => guid === account.guid) || !isServed(account)) return undefined;
  return account.protectedBy === undefined ? 'writerStaff' : 'writerPrivileged';
}

function troublesOf(by: ServiceAccount, object: RightsOn, expected: Expected): Trouble[] {
  const account = object.kind === 'account' ? expected.accounts.get(object.guid) : undefined;
  const isMine = account !== undefined && writerOf(account, expected) === by;
  return [
    ...(object.hidesGroups ? [{ what: 'blind' } as const] : []),
    ...(isMine ? lacking(object, account) : reaching(object, account, expected)),
    ...beyond(object, object.guid === expected.own[by].guid),
  ];
}

function lacking({ resets, writes, inheritsNothing: blocked }: RightsOn, { protectedBy }: ServedAccount): Trouble[] {
  const [noReset, noUnlock] = [resets === 'no', !writes.includes('lockoutTime')];
  const missing = noReset && noUnlock ? 'both' : noReset ? 'reset' : 'unlock';
  return [
    ...(noReset || noUnlock ? [{ what: 'lacks', missing, blocked, isProtected: protectedBy !== undefined } as const] : []),
    ...(resets === 'unseen' || resets === 'perhaps' ? [{ what: 'unseen' } as const] : []),
  ];
}

function reaching(object: RightsOn, account: ServedAccount | undefined, { own, isServed }: Expected): Trouble[] {
  const { kind, guid, resets, writes } = object;
  if (resets === 'unseen') return [{ what: 'unseen' }];
  if (resets === 'no' && !(kind === 'account' && writes.includes('lockoutTime'))) return [];
  if (kind === 'computer') return [{ what: 'reaches', whose: 'computer' }];
  if (Object.values(own).some((one) => one.guid === guid)) return [{ what: 'reaches', whose: 'our-own' }];
  const isProtected = account?.protectedBy !== undefined;
  if (!account || !isServed(account)) return [{ what: 'reaches', whose: isProtected ? 'unserved-protected' : 'unserved' }];
  return [{ what: 'reaches', whose: isProtected ? 'protected' : 'unprotected' }];
}

/** What no account of ours may do to anything. An unlock is counted with the reset that goes with it. */
function beyond({ kind, writes, creates, deletes, rewritesRights, replicates }: RightsOn, itself: boolean): Trouble[] {
  const more = writes.filter((attribute) => kind !== 'account' || attribute !== 'lockoutTime');
  return [
    ...(more.length > 0 ? [{ what: 'writes', attributes: more.join(' '), kind, itself } as const] : []),
    ...(creates.length > 0 ? [{ what: 'creates', kind } as const] : []),
    ...(deletes === 'yes' || deletes === 'perhaps' ? [{ what: 'deletes', kind } as const] : []),
    ...(rewritesRights ? [{ what: 'rewrites-rights', kind } as const] : []),
    ...(replicates === 'yes' || replicates === 'perhaps' ? [{ what: 'replicates' } as const] : []),
  ];
}
