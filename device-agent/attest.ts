import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from '#evidence/jcs.ts';
import { momentOf } from './agent.ts';
import { openMemory } from './memory.ts';
import { signStatement, TAGS, type Signed } from './statement.ts';
import { cachedAccounts, UnknownLayout, type CachedAccount } from './sssd/cache.ts';
import { sssdDomains } from './sssd/config.ts';
import { jsonOrNothing } from './json.ts';

/** What the login screen asks: a challenge of the portal, and the account that somebody named, or none. */
const question = z.strictObject({
  challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  account: z.string().min(1).max(256).nullable(),
});
/** No question is longer. */
export const LONGEST_QUESTION = 1024;

/**
 * Signs with the device's key what SSSD's cache says of an account: that its password is cached here, and when a controller last confirmed a sign-in. Of
 * whoever is not cached it signs just as much, so that the answer's form tells nothing to whoever asks. Reads, and changes nothing. Throws for what is no
 * question, and on a device that is not enrolled.
 */
export async function attest(state: string, asked: string): Promise<Signed> {
  const { device, portalState } = openMemory(state).now;
  if (device === null || portalState === 'revoked') throw new Error('This device is not enrolled.');
  const parsed = question.safeParse(jsonOrNothing(asked));
  if (!parsed.success) throw new Error('This is no question of a login screen.');
  const { challenge, account } = parsed.data;
  const held = account === null ? undefined : await heldHere(account);
  const statement: Json = {
    device,
    challenge,
    at: new Date().toISOString(),
    account: held ? { sid: held.sid, lastOnlineAuth: held.lastOnlineAuth === 0 ? null : momentOf(held.lastOnlineAuth) } : null,
  };
  return signStatement(TAGS.attest, statement, createPrivateKey(readFileSync(join(state, 'key.pem'))));
}

/** The one account of this name whose password is cached; nobody where two domains have one. */
async function heldHere(typed: string): Promise<CachedAccount | undefined> {
  const name = typed.trim().toLowerCase();
  const plain = name.slice(name.lastIndexOf('\\') + 1);
  const held: CachedAccount[] = [];
  for (const { name: domain } of sssdDomains()) {
    try {
      held.push(...(await cachedAccounts(domain)).filter(({ hasPassword }) => hasPassword));
    } catch (error) {
      // A cache that looks different says nothing of anybody.
      if (!(error instanceof UnknownLayout)) throw error;
    }
  }
  const same = held.filter((one) => {
    const known = one.name.toLowerCase();
    return plain.includes('@') ? known === plain : known.slice(0, known.lastIndexOf('@')) === plain;
  });
  return same.length === 1 ? same[0] : undefined;
}
