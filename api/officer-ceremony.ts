import { z } from 'zod';
import type { Database } from '#db';
import { stateReason } from './decisions.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { beginCeremony, confirmationWith, ownKeys } from './own-keys.ts';
import { confirmation } from './passkey-shapes.ts';
import { moment } from './shapes.ts';

/** Begun for one deed of a security officer. The page signs over the SHA-256 of `reasonSalt`, a line break and the reason. */
export const officerCeremony = z.object({
  ceremony: z.string(),
  account: z.string(),
  notAfter: moment,
  reasonSalt: z.string(),
  confirmation,
});

/** Opens a ceremony for a deed; `about`: what the reason is about, or nothing when the ceremony is to be its name. */
export async function beginOfficerCeremony(
  { db, hash, relyingParty }: { db: Database; hash: KeyedHash; relyingParty: { id: string } },
  { account, purpose, about, reason }: { account: string; purpose: string; about?: string | undefined; reason: string },
): Promise<z.infer<typeof officerCeremony>> {
  const begun = await beginCeremony(db, account, purpose);
  const { salt } = await stateReason(db, hash, { approval: about ?? begun.ceremony, person: account, typed: reason });
  return { ...begun, reasonSalt: salt, confirmation: confirmationWith(relyingParty, await ownKeys(db, account)) };
}
