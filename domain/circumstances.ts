/** States of an account by which a rule may be chosen, and which change by themselves. */
export const FLAGS = ['locked', 'must-change', 'expired-password'] as const;
export type Flag = (typeof FLAGS)[number];

/** By which door a reset came in. */
export const DOORS = ['portal'] as const;
export type Door = (typeof DOORS)[number];

/**
 * What a rule was chosen by and cannot be read again later: it is signed when the account is named, so that verifier,
 * writer and auditor judge by the same. Names of networks and no address: statements are for ever.
 */
export interface Circumstances {
  flags: readonly Flag[];
  via: Door;
  /** Those of the policy's networks in which the source lies. */
  networks: readonly string[];
  /** RFC 3339 UTC. */
  at: string;
}

export function flagsOf(account: { locked: boolean; mustChange: boolean; passwordExpired: boolean }): Flag[] {
  const set: Record<Flag, boolean> = {
    locked: account.locked,
    'must-change': account.mustChange,
    'expired-password': account.passwordExpired,
  };
  return FLAGS.filter((flag) => set[flag]);
}

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one, at) => one === b[at]);

export function sameCircumstances(a: Circumstances, b: Circumstances): boolean {
  return a.via === b.via && a.at === b.at && sameList(a.flags, b.flags) && sameList(a.networks, b.networks);
}
