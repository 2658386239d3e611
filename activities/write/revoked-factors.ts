import type { Attestation, FactorPassed } from '#domain/attestation.ts';
import type { Transaction } from '#db';

/**
 * Ids of the factors, of those that these statements name, that were ended or given back since. An app's end is read from
 * what the verifier burned, which nobody edits away; a token's from its assignment.
 */
export async function revokedFactors(db: Transaction, attestations: readonly Attestation[]): Promise<Set<string>> {
  const factors = attestations.filter((one): one is FactorPassed => one.kind === 'factor');
  const idsOf = (method: FactorPassed['method']) => factors.filter((one) => one.method === method).map(({ credential }) => credential);
  const ends = idsOf('totp').map((app) => `totp-end:${app}`);
  const ended = await db.burn.findMany({ where: { consumed: { in: ends } }, select: { consumed: true } });
  const tokens = idsOf('hardware-token');
  const held = await db.tokenAssignment.findMany({
    where: { tokenId: { in: tokens }, endedAt: null },
    select: { tokenId: true, accountGuid: true },
  });
  const isHeld = ({ credential, account }: FactorPassed) => held.some((one) => one.tokenId === credential && one.accountGuid === account);
  return new Set([
    ...ended.map(({ consumed }) => String(consumed).replace('totp-end:', '')),
    ...factors.filter((one) => one.method === 'hardware-token' && !isHeld(one)).map(({ credential }) => credential),
  ]);
}
