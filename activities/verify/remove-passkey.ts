import type { PasskeyAnswer, DeedAsked } from '#activities/contract.ts';
import { endOfPasskey, PASSKEY_TAG, removeStatement } from '#domain/passkey.ts';
import { kindOfKey } from '#domain/key-kinds.ts';
import { climb } from '#domain/ladder.ts';
import type { Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import type { VerifierDeps } from './deps.ts';
import { factorStanding } from './factor-standing.ts';
import { ONLY } from './issue-code.ts';
import { ownDeed } from './own-deed.ts';
import { passkeysOf } from './passkeys.ts';
import { whyNotAtDoor } from './why-not-at-door.ts';

/**
 * Removes a passkey of somebody signed in to the console or to My factors, who signs that with a passkey they have, or with just that key, of whatever kind it is. The row
 * stays: what was signed with the key before is checked against it for years.
 */
export async function removePasskey(deps: VerifierDeps, { request, account, sealed }: DeedAsked): Promise<PasskeyAnswer> {
  return ownDeed<'passkey-removal', Extract<PasskeyAnswer, { outcome: 'done' }>>(
    deps,
    { purpose: 'passkey-removal', subject: request, updateId: ONLY, sealed, account },
    { type: 'authenticator.removed', account: { guid: account, sid: null }, do: { passkey: null } },
    async ({ ceremony, passkey, assertion, door, source }, person) => {
      const why = await whyNotAtDoor(deps, person, door);
      const about = { account: { guid: account, sid: person?.sid ?? null }, do: { passkey } };
      const act = async (tx: Transaction) => {
        if (why) return { refusal: why };
        const live = (await passkeysOf(tx, deps, account)).filter((row) => row.disabledAt === null);
        const ending = live.find((row) => row.id === passkey);
        if (!ending) return { refusal: 'not-found' as const };
        const { policy } = await policyInForce(tx);
        const confirmed = await confirmedDeed(tx, deps, {
          account,
          subject: request,
          policy,
          by: { ceremony, assertion },
          tag: PASSKEY_TAG,
          purpose: 'passkey/remove',
          statement: (begun) => removeStatement(begun, passkey),
          source,
          // Every key may sign its own end, also one that counts for nothing else.
          takes: ending.credentialId === assertion.credential ? 'any' : 'passkey',
        });
        if ('refusal' in confirmed) return confirmed;
        const method = ('kind' in confirmed && confirmed.kind) || confirmed.method;
        const { holds, everHeld } = await factorStanding(tx, deps, account);
        if (climb({ by: method, deed: 'remove', touched: kindOfKey(ending.backupEligible), holds, everHeld }) === 'too-weak')
          return { refusal: 'factor-too-weak' as const };
        await tx.$executeRaw`UPDATE passkey SET disabled_at = clock_timestamp() WHERE id = ${passkey}::uuid`;
        const leaf = { type: 'authenticator.removed' as const, ...about, do: { passkey, left: live.length - 1 } };
        const by = { method, credential: confirmed.credential, consumed: [confirmed.consumed, endOfPasskey(passkey)] };
        return { answer: { outcome: 'done' as const, passkey }, leaf, by };
      };
      return { about, act };
    },
  );
}
