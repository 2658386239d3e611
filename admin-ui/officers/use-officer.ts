import type { Json } from '#evidence/jcs.ts';
import { OFFICER_TAG } from '#domain/joint-act.ts';
import type { Ceremony } from '#domain/passkey.ts';
import { signStatement } from '../keys/use-a-key.ts';
import { useDeed } from '../keys/use-deed.ts';
import type { Confirmed, Told } from '../provider/data-provider.ts';
import type { OfficerCeremony } from '../records.ts';

/** Why, and a fresh code when there is no key at hand. */
export type Stated = { reason: string; totp?: string };

interface OfficerDeed {
  begin: (reason: string) => Promise<OfficerCeremony>;
  /** What this page says, with the digest of the reason. */
  statement: (ceremony: Ceremony, reason: string) => Json;
  send: (confirmed: Confirmed, idempotencyKey: string) => Promise<Told>;
}

/** Sends what a security officer does, signed with their key over what this page says, or confirmed with a code. */
export function useOfficer({ begin, statement, send }: OfficerDeed) {
  return useDeed({
    confirm: async ({ reason, totp }: Stated): Promise<Confirmed> => {
      if (totp !== undefined) return { reason, by: { totp } };
      const { reasonSalt, confirmation, ...ceremony } = await begin(reason);
      const said = statement(ceremony, await digestOf(reasonSalt, reason));
      const { id, response } = await signStatement(OFFICER_TAG, said, { confirmation });
      return { reason, by: { ceremony: ceremony.ceremony, assertion: { id, response } } };
    },
    send,
    touches: ['joint-acts', 'campaigns', 'devices', 'resets', 'approvals', 'delegations', 'summary', 'audit'],
    noAnswer: 'officers.noAnswer',
  });
}

/** As api/decisions.ts keeps a reason. */
async function digestOf(salt: string, reason: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${salt}\n${reason.normalize('NFC')}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
