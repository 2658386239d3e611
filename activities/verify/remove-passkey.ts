import type { PasskeyAnswer, DeedAsked } from '#activities/contract.ts';
import { PASSKEY_TAG, removeStatement } from '#domain/passkey.ts';
import { climb } from '#domain/ladder.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { recordLeaf } from '#activities/record-leaf.ts';
import { openCeremony } from './ceremony.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { factorStanding } from './factor-standing.ts';
import { ONLY } from './issue-code.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { checkAssertion, passkeysOf, refusalOf } from './passkeys.ts';
import { fromWhere, type Typed } from './typed.ts';
import { whyNotAtConsole } from './why-not-at-console.ts';

/**
 * Removes a passkey of somebody signed in to the console, who signs that with a key they have, be it that one. The row
 * stays: what was signed with the key before is checked against it for years.
 */
export async function removePasskey(deps: VerifierDeps, asked: DeedAsked): Promise<PasskeyAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<PasskeyAnswer>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'passkey-removal', asked.sealed, asked.request);
  const typed = opened?.account === asked.account ? opened : undefined;
  const person = await deps.people.read(asked.account);
  const whyNot = typed ? await whyNotAtConsole(deps, person) : 'service-unavailable';

  return once<PasskeyAnswer>(deps, attempt, async (tx) => {
    const gone = whyNot || !typed ? { refusal: whyNot ?? 'service-unavailable' } : await remove(tx, deps, typed);
    const actor = { type: 'person', guid: asked.account, sid: person?.sid ?? null } as const;
    const leaf = {
      type: 'authenticator.removed',
      account: { guid: asked.account, sid: person?.sid ?? null },
      ...fromWhere(typed),
    } as const;
    if ('refusal' in gone) {
      const { refusal: reason, fault } = gone;
      const facts = { passkey: typed?.passkey ?? null, fault: fault ?? null };
      await recordLeaf(tx, { ...leaf, outcome: 'denied', actor, reason, do: facts }, VERIFIER);
      return { outcome: { outcome: 'refused', code: reason } };
    }
    const auth = { method: 'passkey', aal: '2', cred: gone.by } as const;
    const facts = { passkey: gone.passkey, left: gone.left };
    await recordLeaf(tx, { ...leaf, outcome: 'success', actor: { ...actor, auth }, do: facts }, VERIFIER);
    return { outcome: { outcome: 'done', passkey: gone.passkey }, consumed: gone.consumed };
  });
}

async function remove(
  tx: Transaction,
  deps: VerifierDeps,
  { account, ceremony: id, passkey, assertion }: Typed<'passkey-removal'>,
): Promise<{ refusal: RefusalCode; fault?: string } | { passkey: string; by: string; left: number; consumed: string }> {
  const live = (await passkeysOf(tx, deps, account)).filter((row) => row.disabledAt === null);
  const ceremony = await openCeremony(tx, { ceremony: id, account, purpose: 'passkey/remove' });
  if (!ceremony) return { refusal: 'ceremony-over' };
  if (!live.some((row) => row.id === passkey)) return { refusal: 'not-found' };
  const text = canonical(removeStatement(ceremony, passkey));
  const asserted = await checkAssertion(tx, deps, live, { tag: PASSKEY_TAG, text, assertion });
  if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
  const { holds, everHeld } = await factorStanding(tx, deps, account);
  if (climb({ by: 'passkey', deed: 'remove', touched: 'passkey', holds, everHeld }) === 'too-weak') return { refusal: 'factor-too-weak' };
  await tx.$executeRaw`UPDATE passkey SET disabled_at = clock_timestamp() WHERE id = ${passkey}::uuid`;
  return { passkey, by: asserted.passkey.id, left: live.length - 1, consumed: ceremony.consumed };
}
