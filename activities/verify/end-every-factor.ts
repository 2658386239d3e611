import { endOfPasskey } from '#domain/passkey.ts';
import type { Transaction } from '#db';
import { endApps } from './app-rows.ts';
import { CODE_KINDS } from './check-code.ts';
import { retireCodes } from './code-hash.ts';
import type { VerifierDeps } from './deps.ts';
import { factorStanding } from './factor-standing.ts';
import { isBurned } from './once.ts';
import { endOf } from './token-rows.ts';

/**
 * Ends every app, token, key and code that an account holds, and answers their ids and what to burn, so that no edited row
 * brings one back. A token goes out of use as lost. Smart cards are not held here: who issued them revokes them. Apps that only
 * wrong codes switched off are ended too, and so are rows that somebody wrote by hand.
 */
export async function endEveryFactor(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  account: string,
): Promise<{ ended: string[]; consumed: string[] }> {
  const standing = await factorStanding(tx, deps, account);
  const apps = await tx.totp.findMany({ where: { accountGuid: account, endedAt: null }, select: { id: true } });
  const consumed = await endApps(tx, [...new Set([...standing.apps, ...apps.map(({ id }) => id)])]);
  const given = await tx.tokenAssignment.findMany({ where: { accountGuid: account, endedAt: null }, select: { id: true, tokenId: true } });
  for (const { id, tokenId } of given) {
    await tx.$executeRaw`UPDATE token_assignment SET ended_at = clock_timestamp() WHERE id = ${id}::uuid`;
    await tx.$executeRaw`UPDATE token SET state = 'lost', failures = 0 WHERE id = ${tokenId}::uuid`;
    if (!(await isBurned(tx, endOf(id)))) consumed.push(endOf(id));
  }
  for (const id of standing.passkeys) {
    await tx.$executeRaw`UPDATE passkey SET disabled_at = clock_timestamp() WHERE id = ${id}::uuid`;
    consumed.push(endOfPasskey(id));
  }
  // A code that was issued meanwhile and not used yet would still be a proof.
  for (const kind of Object.values(CODE_KINDS)) await retireCodes(tx, account, kind);
  return { ended: [...standing.apps, ...standing.tokens, ...standing.passkeys], consumed };
}
